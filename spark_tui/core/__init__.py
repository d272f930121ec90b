"""What is true: values and functions, without I/O, clock, event loop or third parties."""
