package classify

import (
	"triage/internal/classify/network"
)

// state is what judging one text needs; it is used again for the next.
type state struct {
	reader reader
	reading
	places network.State
	answer network.Answer
	votes  []float32 // of the places, for what the network rests on
	digits []byte
}

// look lets the network look at the text.
func (c *Classifier) look(s *state) {
	c.net.Reset(&s.places)
	c.net.Blank(&s.places, TagEdge)
	for i := range s.tokens {
		c.place(s, s.token(i, &s.digits), s.tokens[i].hash)
	}
	c.net.Blank(&s.places, TagEdge)
	c.net.Answer(&s.places, &s.answer)
}

// place adds a word; hash is that of the word as it was read.
func (c *Classifier) place(s *state, t Token, hash uint64) {
	for _, p := range t.Prefixes() {
		h := hash
		if p != "" || hasDigit(t.Word) {
			h = network.Hash(p, t.Word)
		}
		if row, ok := c.net.Row(h); ok {
			c.net.Word(&s.places, row, t.Tags)
			return
		}
	}
	c.net.Unknown(&s.places, t.Word, t.Tags|TagUnknown)
}

// subject is whose health it is, as the network says.
func (s *state) subject() Subject {
	a := s.answer[network.OutSubject : network.OutSubject+3]
	best := 0
	for i := range a {
		if a[i] > a[best] {
			best = i
		}
	}
	return Subjects[best]
}

// hint is by how much less sure, in log-odds, the network may be of a kind of
// which a term of the lists tells, in a text of a few words: there a term is
// hardly ever beside the point.
const (
	hint     = 2.5
	fewWords = 20
)

// kinds appends what kinds of detail are told: those that the network is sure
// enough of, else the likeliest.
func (s *state) kinds(r *network.Reading, kinds []Kind) []Kind {
	best, most := 0, 0.0
	for i, k := range Kinds {
		odds := float64(s.answer[network.OutKinds+i]) - r.Kinds[i]
		if len(s.tokens) <= fewWords && k != Visit && s.names(tagOf[i]) {
			odds += hint
		}
		if odds >= 0 {
			kinds = append(kinds, k)
		}
		if i == 0 || odds > most {
			best, most = i, odds
		}
	}
	if len(kinds) == 0 {
		kinds = append(kinds, Kinds[best])
	}
	return kinds
}

// names reports a term with a tag that is about somebody.
func (r *reading) names(t tag) bool {
	for k, h := range r.hits {
		if h.tags.has(t) && r.ofSomebody(k) {
			return true
		}
	}
	return false
}
