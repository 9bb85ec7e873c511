"""Everything that touches the database and the disk; the only importer of SQLAlchemy."""
