package classify

// newReading reads a text as the classifier does before it judges.
func newReading(t text, lang string, l *lexicon) *reading {
	r := &reading{text: t}
	r.find(lang, l)
	return r
}
