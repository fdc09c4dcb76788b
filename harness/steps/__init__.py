"""The sentences of scenarios, one file for each topic.  Every module here is loaded into the catalogue."""
