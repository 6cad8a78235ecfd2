"""Our own master, made once in a process: 16:9, paper and ink, one accent, four layouts."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any, Final

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu

WIDE, HIGH = 960, 540  # points
_EDGE, _ROOM = 44, 872
_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_COLOURS: Final = {
    "dk1": "1D1F20", "lt1": "FFFFFF", "dk2": "5A5E61", "lt2": "FBFAF7", "accent1": "0B5F66",
    "accent2": "8F8C84", "accent3": "C9C6BE", "accent4": "2A7548", "accent5": "B3402E",
    "accent6": "8A5F00", "hlink": "1D1F20", "folHlink": "1D1F20",
}  # fmt: skip
_FONT: Final = (
    '<a:latin typeface="Arial"/><a:ea typeface="Microsoft YaHei"/><a:cs typeface="Arial"/>'
)
_MUTED: Final = '<a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'


@cache
def template() -> bytes:
    """Return the file of our own master."""
    made = Presentation()
    made.slide_width, made.slide_height = Emu(WIDE * 12700), Emu(HIGH * 12700)
    master = made.slide_masters[0]
    _theme(master)
    for layout in list(made.slide_layouts)[4:]:
        made.slide_layouts.remove(layout)
    _master(master._element)
    drawn = {
        "Title": (
            "title", _title(150, 120, 34), _text("subTitle", 1, "Subtitle", 290, 56, 16),
            _rule(3, 280, 64, "accent1", 19050),
        ),
        "Title and Content": (
            "obj", _title(), _text("body", 13, "Subtitle", 92, 20, 13),
            _text("", 1, "Content", 134, 352, 16), _rule(9, 120, _ROOM),
        ),
        "Section": (
            "secHead", _title(180, 100, 28), _text("body", 1, "Subtitle", 294, 56, 16),
            _rule(3, 286, _ROOM),
        ),
        "Two Content": (
            "twoObj", _title(), _text("body", 13, "Subtitle", 92, 20, 13),
            _text("", 1, "Left", 134, 352, 16, x=_EDGE, wide=424),
            _text("", 2, "Right", 134, 352, 16, x=_EDGE + 448, wide=424), _rule(9, 120, _ROOM),
        ),
    }  # fmt: skip
    order = ("Title", "Title and Content", "Section", "Two Content")
    for layout, name in zip(made.slide_layouts, order, strict=True):
        kind, *shapes = drawn[name]
        element = layout._element
        element.set("type", str(kind))
        element.find(qn("p:cSld")).set("name", name)
        _fill_tree(element, [*shapes, *_feet()])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _theme(master: Any) -> None:
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = part.blob.decode()
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{code}"/></a:{name}>' for name, code in _COLOURS.items()
    )
    scheme = f'<a:clrScheme name="Keystead">{colours}</a:clrScheme>'
    text = re.sub(r"<a:clrScheme.*?</a:clrScheme>", scheme, text, flags=re.S)
    fonts = (
        f'<a:fontScheme name="Keystead"><a:majorFont>{_FONT}</a:majorFont>'
        f"<a:minorFont>{_FONT}</a:minorFont></a:fontScheme>"
    )
    text = re.sub(r"<a:fontScheme.*?</a:fontScheme>", fonts, text, flags=re.S)
    part._blob = re.sub(
        r'<a:theme ([^>]*)name="[^"]*"', r'<a:theme \1name="Keystead"', text
    ).encode()


def _master(element: Any) -> None:
    tree = element.find(qn("p:cSld"))
    for old in tree.findall(qn("p:bg")):
        tree.remove(old)
    tree.insert(0, parse_xml(
        f'<p:bg {_SPACES}><p:bgPr><a:solidFill><a:schemeClr val="bg2"/></a:solidFill>'
        "<a:effectLst/></p:bgPr></p:bg>"
    ))  # fmt: skip
    _fill_tree(element, [_title(), _text("body", 1, "Text", 134, 352, 16), *_feet()])
    old = element.find(qn("p:txStyles"))
    old.addprevious(parse_xml(f"<p:txStyles {_SPACES}>{_styles()}</p:txStyles>"))
    element.remove(old)


def _styles() -> str:
    """The text of titles, of bodies, of all else."""
    ink = '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
    levels = "".join(
        f'<a:lvl{level}pPr marL="{(level - 1) * 203200}" indent="{-162560 if level > 1 else 0}" '
        'algn="l"><a:spcBef><a:spcPts val="600"/></a:spcBef>'
        + ('<a:buFont typeface="Arial"/><a:buChar char="&#8226;"/>' if level > 1 else "<a:buNone/>")
        + f'<a:defRPr sz="1600">{ink}<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
        f"</a:defRPr></a:lvl{level}pPr>"
        for level in range(1, 6)
    )
    return (
        '<p:titleStyle><a:lvl1pPr algn="l"><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="2400" b="1">{ink}<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/>'
        f"</a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>"
        f'<a:lvl1pPr><a:defRPr sz="1600">{ink}<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
        "</a:defRPr></a:lvl1pPr></p:otherStyle>"
    )


def _fill_tree(element: Any, shapes: list[Any]) -> None:
    tree = element.find(qn("p:cSld")).find(qn("p:spTree"))
    for old in list(tree)[2:]:
        tree.remove(old)
    for number, text in enumerate(shapes, start=2):
        shape = parse_xml(text)
        next(shape.iter(qn("p:cNvPr"))).set("id", str(number))
        tree.append(shape)


def _shape(mark: str, name: str, place: tuple[float, float, float, float], inner: str) -> str:
    x, y, wide, high = (round(one * 12700) for one in place)
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="0" name="{name}"/><p:cNvSpPr><a:spLocks '
        f'noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{mark}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom></p:spPr><p:txBody>{inner}</p:txBody></p:sp>"
    )


def _body(anchor: str) -> str:
    inner = f'lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"'
    return f"<a:bodyPr {inner}><a:normAutofit/></a:bodyPr>"


def _title(y: float = 26, high: float = 62, size: int = 24) -> str:
    inner = (
        f'{_body("b")}<a:lstStyle><a:lvl1pPr><a:defRPr sz="{size * 100}"/></a:lvl1pPr></a:lstStyle>'
        "<a:p><a:r><a:t>Title</a:t></a:r></a:p>"
    )
    return _shape(' type="title"', "Title", (_EDGE, y, _ROOM, high), inner)


def _text(
    kind: str, number: int, name: str, y: float, high: float, size: int,
    *, x: float = _EDGE, wide: float = _ROOM,
) -> str:  # fmt: skip
    muted = _MUTED if name == "Subtitle" else ""
    style = (
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:buNone/><a:defRPr sz="{size * 100}">{muted}'
        "</a:defRPr></a:lvl1pPr></a:lstStyle>"
    )
    mark = (f' type="{kind}"' if kind else "") + f' idx="{number}"'
    inner = f"{_body('t')}{style}<a:p><a:r><a:t>{name}</a:t></a:r></a:p>"
    return _shape(mark, name, (x, y, wide, high), inner)


def _feet() -> list[str]:
    style = (
        '<a:lstStyle><a:lvl1pPr algn="{side}"><a:defRPr sz="900">' + _MUTED
        + "</a:defRPr></a:lvl1pPr></a:lstStyle>"
    )  # fmt: skip
    foot = _shape(
        ' type="ftr" sz="quarter" idx="11"', "Footer", (_EDGE, 506, 740, 16),
        f'{_body("ctr")}{style.format(side="l")}<a:p><a:endParaRPr lang="en-GB"/></a:p>',
    )  # fmt: skip
    page = _shape(
        ' type="sldNum" sz="quarter" idx="12"', "Page", (_EDGE + 772, 506, 100, 16),
        f'{_body("ctr")}{style.format(side="r")}<a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-'
        '634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld></a:p>',
    )  # fmt: skip
    return [foot, page]


def _rule(number: int, y: float, wide: float, colour: str = "accent3", thick: int = 9525) -> str:
    return (
        f'<p:cxnSp {_SPACES}><p:nvCxnSpPr><p:cNvPr id="{number}" name="Rule"/><p:cNvCxnSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="{_EDGE * 12700}" '
        f'y="{round(y * 12700)}"/><a:ext cx="{round(wide * 12700)}" cy="0"/></a:xfrm>'
        f'<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="{thick}"><a:solidFill>'
        f'<a:schemeClr val="{colour}"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )
