"""What a fleet is made of, how it is made ready, and how its servers are asked."""
