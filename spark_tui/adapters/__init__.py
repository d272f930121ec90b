"""The only room that touches the machine: one module per outside thing."""
