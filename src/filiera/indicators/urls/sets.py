"""Addresses of shared sets of indicators: lists, drafts, versions, adoptions, proposals."""

from django.urls import path

from filiera.indicators.views import set_drafts, set_proposals, sets

_SETS = "o/<slug:slug>/indicators/sets/"
_ONE = f"{_SETS}<int:set_id>/"
_DRAFT = f"{_ONE}draft/"
_ITEM = f"{_DRAFT}indicators/<int:set_item_id>/"
_PROPOSAL = f"{_ONE}proposals/<int:set_proposal_id>/"

urlpatterns = [
    path(_SETS, sets.set_list, name="sets"),
    path(f"{_SETS}new/", set_drafts.set_create, name="set_create"),
    path(_ONE, sets.set_page, name="set"),
    path(f"{_ONE}versions/<int:set_version>/", sets.version, name="set_version"),
    path(f"{_ONE}versions/<int:set_version>/adoption/", sets.adoption_create, name="set_adoption"),
    path(f"{_ONE}adoption/end/", sets.adoption_end, name="set_adoption_end"),
    path(_DRAFT, set_drafts.draft, name="set_draft"),
    path(f"{_DRAFT}details/", set_drafts.details, name="set_details"),
    path(f"{_DRAFT}indicators/", set_drafts.item_create, name="set_item_create"),
    path(_ITEM, set_drafts.item, name="set_item"),
    path(f"{_ITEM}moves/", set_drafts.item_move, name="set_item_move"),
    path(f"{_ITEM}removal/", set_drafts.item_removal, name="set_item_removal"),
    path(f"{_DRAFT}publication/", set_drafts.publication_create, name="set_publication"),
    path(f"{_DRAFT}deletion/", set_drafts.deletion, name="set_draft_deletion"),
    path(f"{_ONE}proposals/new/", set_proposals.proposal_create, name="set_proposal_create"),
    path(_PROPOSAL, set_proposals.proposal, name="set_proposal"),
    path(f"{_PROPOSAL}opinions/", set_proposals.opinion_create, name="set_opinion_create"),
    path(f"{_PROPOSAL}acceptance/", set_proposals.acceptance_create, name="set_acceptance"),
    path(f"{_PROPOSAL}refusal/", set_proposals.refusal_create, name="set_refusal"),
    path(f"{_PROPOSAL}withdrawal/", set_proposals.withdrawal_create, name="set_withdrawal"),
]
