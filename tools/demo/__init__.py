"""The demonstration data: a made-up retailer with planted truth."""
