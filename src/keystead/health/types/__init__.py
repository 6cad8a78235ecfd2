"""What crosses rooms: surveys and their answers, scores and what they rest on."""
