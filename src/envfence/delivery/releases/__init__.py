"""What a commit deploys: built once, written down, and packed for the way."""
