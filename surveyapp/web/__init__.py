"""Flask: one blueprint per audience."""

from surveyapp.web import api, desk, enclosures, field, home, openrosa, respond, telephone, unit

BLUEPRINTS = (
    home.blueprint,
    respond.blueprint,
    field.blueprint,
    desk.blueprint,
    unit.blueprint,
    api.blueprint,
    telephone.blueprint,
    openrosa.blueprint,
    enclosures.blueprint,
)
