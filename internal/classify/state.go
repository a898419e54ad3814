package classify

import (
	"triage/internal/classify/identifier"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/classify/outputs"
)

// state is what judging one text needs; it is used again for the next.
type state struct {
	lexicon.Reading
	places network.State
	answer network.Answer
	votes  []float32 // of the places, for what the network rests on
	found  []identifier.Found
}

// look lets the network look at the text.
func (c *Classifier) look(s *state) {
	s.Look(c.net, &s.places, nil)
	c.net.Answer(&s.places, &s.answer)
}

// subject is whose health it is, as the network says.
func (s *state) subject() Subject {
	a := s.answer[outputs.Subject : outputs.Subject+3]
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
func (s *state) kinds(r *outputs.Reading, kinds []Kind) []Kind {
	best, most := 0, 0.0
	for i, k := range Kinds {
		odds := float64(s.answer[outputs.Kinds+i]) - r.Kinds[i]
		if len(s.Tokens) <= fewWords && k != Visit && s.names(tagOf[i]) {
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
func (s *state) names(t lexicon.Tag) bool {
	for k, h := range s.Hits {
		if h.Tags.Has(t) && s.OfSomebody(k) {
			return true
		}
	}
	return false
}

// asks says what the comment wants of the practice. A question about one's own
// care matters where no detail was told; where one was, the level says it.
func (s *state) asks(out *Judgement) Ask {
	question, care := s.Questions()
	switch {
	case care && out.Level < Clear:
		return AsksOwnCare
	case question && !s.All.Has(lexicon.TagAdvert) || s.All.Has(lexicon.TagComplain):
		return AsksPractice
	}
	return AsksNothing
}
