"""Design system: numbers in the reader's words, components as template tags, charts, assets.

In a room's template: ``{% extends ui_base %}{% load keystead_ui %}``. ``ui_base`` is the whole
page for a browser, a bare panel for htmx, and a slide-in for a proof, so one template serves all
three. Every component is shown, in every state, on the living page ``/design/``.
"""
