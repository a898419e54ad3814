package classify

import (
	"slices"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/outputs"
)

// What a reason is of beside the kinds of detail.
const (
	KindUrgent     = "urgent"
	KindIdentifier = "identifier"
)

// maxReasons bounds how many places of each sort are shown.
const maxReasons = 8

// telling says for each tag what kind of detail it is and what it does, in the
// words a receptionist reads.
var telling = [lexicon.TagSpec]struct {
	kind Kind
	why  string
}{
	lexicon.TagCond:    {Condition, "names an illness or injury"},
	lexicon.TagSymp:    {Symptom, "describes a symptom"},
	lexicon.TagProc:    {Procedure, "names an operation or treatment"},
	lexicon.TagMed:     {Medication, "names a medicine"},
	lexicon.TagTest:    {TestResult, "names a test or what it showed"},
	lexicon.TagRepro:   {Reproductive, "speaks of pregnancy, fertility or sexual health"},
	lexicon.TagMent:    {MentalHealth, "speaks of mental health or counselling"},
	lexicon.TagSubst:   {SubstanceUse, "speaks of alcohol, tobacco or drugs"},
	lexicon.TagWordnet: {Condition, "uses a medical term"},
	lexicon.TagBody:    {Symptom, "names a part of the body"},
	lexicon.TagVProc:   {Procedure, "mentions an operation without saying which"},
	lexicon.TagVMed:    {Medication, "mentions a prescription without saying which"},
	lexicon.TagVTest:   {TestResult, "mentions a test or its result"},
	lexicon.TagVague:   {Visit, "hints at care received"},
	lexicon.TagRoutine: {Visit, "mentions a routine service"},
}

// tagOf is the tag of the terms that tell a kind.
var tagOf = [len(Kinds)]lexicon.Tag{lexicon.TagCond, lexicon.TagSymp, lexicon.TagProc, lexicon.TagMed, lexicon.TagTest, lexicon.TagRepro, lexicon.TagMent, lexicon.TagSubst, lexicon.TagVague}

// reads says what a place does that tells a kind without a term of the lists.
var reads = [len(Kinds)]string{
	"tells of an illness or injury", "tells of a symptom", "tells of an operation or treatment", "tells of a medicine",
	"tells of a test", "speaks of pregnancy, fertility or sexual health", "speaks of mental health or counselling",
	"speaks of alcohol, tobacco or drugs", "hints at care received",
}

var whose = map[Subject]string{Self: ", of oneself", Family: ", of a relative", Other: ", of another person", Nobody: ""}

// said are the sentences about the kinds and about whom, put together once.
var said = saidOf()

func saidOf() map[Subject]*struct{ term, place []string } {
	m := map[Subject]*struct{ term, place []string }{}
	for _, s := range Subjects {
		m[s] = &struct{ term, place []string }{}
		for _, t := range telling {
			m[s].term = append(m[s].term, t.why+whose[s])
		}
		for _, w := range reads {
			m[s].place = append(m[s].place, w+whose[s])
		}
	}
	return m
}

// explain writes the reasons for the level and for urgency.
func (c *Classifier) explain(s *state, out *Judgement) {
	if out.Level > None {
		covered := s.terms(out)
		for i, k := range Kinds {
			if slices.Contains(out.Kinds, k) && covered&(1<<i) == 0 {
				c.rest(s, outputs.Kinds+i, out, Reason{Kind: string(k), Why: said[out.Subject].place[i]})
			}
		}
	}
	if out.Urgent {
		c.alarm(s, out)
	}
}

// terms gives the terms that tell what the level rests on as reasons, and says
// which kinds are covered by them.
func (s *state) terms(out *Judgement) (covered int) {
	set, own := s.weighty(out.Level)
	for k, h := range s.Hits {
		t, ok := tells(h.Tags, out.Level)
		if !ok || !h.Tags.Any(set) || own && !s.OfSomebody(k) || len(out.Reasons) >= maxReasons {
			continue
		}
		kind := telling[t].kind
		if !slices.Contains(out.Kinds, kind) && t != lexicon.TagBody && t != lexicon.TagWordnet {
			continue
		}
		covered |= 1 << slices.Index(Kinds[:], kind)
		start, end := s.Place(h)
		out.Reasons = append(out.Reasons, Reason{start, end, string(kind), said[out.Subject].term[t]})
	}
	return covered
}

// weighty says which terms count at a level: at Clear those that tell a
// detail, at Possible those that hint; own: only those that are not about
// people in general.
func (s *state) weighty(level Level) (set lexicon.Tags, own bool) {
	order := [...]lexicon.Tags{lexicon.Specific, lexicon.Medical, lexicon.Allusion}
	if level == Possible {
		order = [...]lexicon.Tags{lexicon.Allusion, lexicon.Allusion, lexicon.Medical}
	}
	for _, set = range order {
		found := false
		for k, h := range s.Hits {
			if h.Tags.Any(set) {
				if found = true; s.OfSomebody(k) {
					return set, true
				}
			}
		}
		if found {
			return set, false
		}
	}
	return set, false
}

// tells returns the tag of a hit that matters most at a level.
func tells(s lexicon.Tags, level Level) (lexicon.Tag, bool) {
	if level == Possible && s.Any(lexicon.Allusion) {
		s &= lexicon.Allusion
	}
	for t := lexicon.TagCond; t < lexicon.TagSpec; t++ {
		if s.Has(t) {
			return t, true
		}
	}
	return 0, false
}

// rest gives the place that an output of the network rests on most as a
// reason.
func (c *Classifier) rest(s *state, out int, j *Judgement, why Reason) {
	s.votes = c.net.Votes(&s.places, out, s.votes)
	votes := s.votes[1 : len(s.votes)-1] // without the edges
	from := 0
	for i, v := range votes {
		if v > votes[from] {
			from = i
		}
	}
	to := from
	enough := votes[from] / 2
	for from > 0 && votes[from-1] >= enough && s.Tokens[from-1].Sent == s.Tokens[to].Sent {
		from--
	}
	for to+1 < len(votes) && votes[to+1] >= enough && s.Tokens[to+1].Sent == s.Tokens[from].Sent {
		to++
	}
	why.Start, why.End = s.Tokens[from].Start, s.Tokens[to].End
	j.Reasons = append(j.Reasons, why)
}

// alarm gives the signs of danger and the calls for help as reasons, else what
// the network rests on.
func (c *Classifier) alarm(s *state, out *Judgement) {
	n := 0
	for _, h := range s.Hits {
		why := "describes a danger that may be happening now"
		switch {
		case n == maxReasons:
			return
		case h.Tags.Has(lexicon.TagDanger):
		case h.Tags.Has(lexicon.TagHelp):
			why = "asks for help"
		default:
			continue
		}
		start, end := s.Place(h)
		out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, why})
		n++
	}
	if n == 0 {
		c.rest(s, outputs.Urgent, out, Reason{Kind: KindUrgent, Why: "reads as if somebody needed help now"})
	}
}
