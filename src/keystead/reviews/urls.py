"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.reviews import views

app_name = "reviews"
ONE = "reviews/<int:review_id>/"
urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/new/", views.create, name="create"),
    path("reviews/actions/", views.actions, name="actions"),
    path("reviews/kept/", views.kept, name="kept"),
    path("reviews/kept/agendas/new/", views.new_agenda, name="new_agenda"),
    path("reviews/kept/agendas/<int:agenda_id>/", views.agenda, name="agenda"),
    path("reviews/kept/templates/new/", views.new_master, name="new_master"),
    path("reviews/kept/templates/<int:master_id>/", views.master, name="master"),
    path("reviews/decks/", views.decks, name="decks"),
    path("reviews/decks/<int:job_id>/", views.batch, name="batch"),
    path("reviews/decks/<int:job_id>/file/", views.batch_file, name="batch_file"),
    path("reviews/items/<int:item_id>/", views.item, name="item"),
    path("reviews/items/<int:item_id>/answer/", views.answer, name="answer"),
    path(ONE, views.review, name="review"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}story/", views.story, name="story"),
    path(f"{ONE}step/<slug:to>/", views.step, name="step"),
    path(f"{ONE}unfreeze/", views.unfreeze, name="unfreeze"),
    path(f"{ONE}hold/", views.hold, name="hold"),
    path(f"{ONE}notes/", views.notes, name="notes"),
    path(f"{ONE}items/", views.add_item, name="add_item"),
    path(f"{ONE}rate/", views.rate, name="rate"),
    path(f"{ONE}live/", views.live, name="live"),
    path(f"{ONE}live/figure/", views.figure, name="figure"),
    path(f"{ONE}deck/", views.deck, name="deck"),
    path(f"{ONE}minutes/", views.minutes, name="minutes"),
    path(f"{ONE}versions/<int:number>/", views.version, name="version"),
    path("accounts/<int:account_id>/panels/review/", views.panel, name="panel"),
]
