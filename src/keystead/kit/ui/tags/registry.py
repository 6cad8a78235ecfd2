"""The one library all tag modules register in."""

from django import template

register = template.Library()
