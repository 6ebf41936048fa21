"""Finding a council, a ward or a postcode by what a reader types."""
