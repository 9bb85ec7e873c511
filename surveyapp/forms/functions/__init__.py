"""The functions of the ODK XForms specification, grouped by what they are about."""
