package ingest

// Finding is one thing that an account check looked at. What says what was
// found and Mend what to do about it; neither holds a token, text or address.
type Finding struct {
	OK         bool
	What, Mend string
}
