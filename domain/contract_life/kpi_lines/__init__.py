"""The KPI lines of a contract: what each says and means, and how it is read from its cells."""
