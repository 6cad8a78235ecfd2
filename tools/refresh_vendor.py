"""Fetch the front-end libraries from npm and write the vendor folders with their manifests.

Run it by hand (it needs Node and npm; nobody else does): ``python tools/refresh_vendor.py``.
The page loads only what it uses: ECharts is built from the parts named in ``ECHARTS`` below.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/keystead/kit/static/vendor"
TEST_VENDOR = ROOT / "tests/browser/vendor"
VERSIONS = {
    "echarts": "6.1.0",
    "esbuild": "0.25.12",
    "@fontsource-variable/inter": "5.3.0",
    "tabulator-tables": "6.5.3",
    "cytoscape": "3.34.4",
    "cytoscape-dagre": "4.0.1",
    "axe-core": "4.14.1",
}
# The maps are not shipped, so nothing may point at them.
MAP = re.compile(rb"\n(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
ECHARTS = """
import { use, init } from "echarts/core";
import { CustomChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
use([CustomChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);
export { init };
"""


def main() -> int:
    """Install the named versions in a temporary folder, copy or build, write the manifests."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "package.json").write_text("{}")
        wanted = [f"{name}@{version}" for name, version in VERSIONS.items()]
        _run(["npm", "install", "--no-audit", "--no-fund", *wanted], work)
        packages = work / "node_modules"
        (work / "echarts.js").write_text(ECHARTS)
        _run(["node", "node_modules/esbuild/install.js"], work)
        _run(
            ["node_modules/.bin/esbuild", "echarts.js", "--bundle", "--minify", "--target=es2020",
             "--format=iife", "--global-name=echarts", "--outfile=echarts.min.js",
             "--legal-comments=none"],
            work,
        )  # fmt: skip
        font = packages / "@fontsource-variable/inter"
        charts = packages / "echarts"
        tables = packages / "tabulator-tables"
        graphs, trees = packages / "cytoscape", packages / "cytoscape-dagre"
        _fill(
            VENDOR,
            [
                ("echarts", "echarts/echarts.min.js", work / "echarts.min.js", "Apache-2.0"),
                ("echarts", "echarts/LICENSE", charts / "LICENSE", "Apache-2.0"),
                ("echarts", "echarts/NOTICE", charts / "NOTICE", "Apache-2.0"),
                ("echarts", "echarts/LICENSE.zrender", packages / "zrender/LICENSE",
                 "BSD-3-Clause"),
                ("@fontsource-variable/inter", "inter/inter-latin.woff2",
                 font / "files/inter-latin-wght-normal.woff2", "OFL-1.1"),
                ("@fontsource-variable/inter", "inter/LICENSE", font / "LICENSE", "OFL-1.1"),
                ("tabulator-tables", "tabulator/tabulator.min.js",
                 tables / "dist/js/tabulator.min.js", "MIT"),
                ("tabulator-tables", "tabulator/tabulator.min.css",
                 tables / "dist/css/tabulator.min.css", "MIT"),
                ("tabulator-tables", "tabulator/LICENSE", tables / "LICENSE", "MIT"),
                ("cytoscape", "cytoscape/cytoscape.min.js", graphs / "dist/cytoscape.min.js",
                 "MIT"),
                ("cytoscape", "cytoscape/LICENSE", graphs / "LICENSE", "MIT"),
                ("cytoscape-dagre", "cytoscape/cytoscape-dagre.min.js",
                 trees / "dist/cytoscape-dagre.min.js", "MIT"),
                ("cytoscape-dagre", "cytoscape/LICENSE.dagre", trees / "LICENSE", "MIT"),
            ],
        )  # fmt: skip
        axe = packages / "axe-core"
        _fill(
            TEST_VENDOR,
            [
                ("axe-core", "axe.min.js", axe / "axe.min.js", "MPL-2.0"),
                ("axe-core", "LICENSE", axe / "LICENSE", "MPL-2.0"),
            ],
        )
    return 0


def _fill(folder: Path, files: list[tuple[str, str, Path, str]]) -> None:
    entries = []
    for package, name, source, licence in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.write_bytes(MAP.sub(b"\n", target.read_bytes()))
        entries.append(
            {
                "file": name,
                "name": package,
                "version": VERSIONS[package],
                "licence": licence,
                "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
            }
        )
    text = json.dumps(entries, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n")


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    sys.exit(main())
