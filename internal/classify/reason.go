package classify

import (
	"slices"

	"triage/internal/classify/network"
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
var telling = [tagSpec]struct {
	kind Kind
	why  string
}{
	tagCond:    {Condition, "names an illness or injury"},
	tagSymp:    {Symptom, "describes a symptom"},
	tagProc:    {Procedure, "names an operation or treatment"},
	tagMed:     {Medication, "names a medicine"},
	tagTest:    {TestResult, "names a test or what it showed"},
	tagRepro:   {Reproductive, "speaks of pregnancy, fertility or sexual health"},
	tagMent:    {MentalHealth, "speaks of mental health or counselling"},
	tagSubst:   {SubstanceUse, "speaks of alcohol, tobacco or drugs"},
	tagWordnet: {Condition, "uses a medical term"},
	tagBody:    {Symptom, "names a part of the body"},
	tagVProc:   {Procedure, "mentions an operation without saying which"},
	tagVMed:    {Medication, "mentions a prescription without saying which"},
	tagVTest:   {TestResult, "mentions a test or its result"},
	tagVague:   {Visit, "hints at care received"},
	tagRoutine: {Visit, "mentions a routine service"},
}

// tagOf is the tag of the terms that tell a kind.
var tagOf = [len(Kinds)]tag{tagCond, tagSymp, tagProc, tagMed, tagTest, tagRepro, tagMent, tagSubst, tagVague}

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
				c.rest(s, network.OutKinds+i, out, Reason{Kind: string(k), Why: said[out.Subject].place[i]})
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
	for k, h := range s.hits {
		t, ok := tells(h.tags, out.Level)
		if !ok || !h.tags.any(set) || own && !s.ofSomebody(k) || len(out.Reasons) >= maxReasons {
			continue
		}
		kind := telling[t].kind
		if !slices.Contains(out.Kinds, kind) && t != tagBody && t != tagWordnet {
			continue
		}
		covered |= 1 << slices.Index(Kinds[:], kind)
		start, end := s.place(h)
		out.Reasons = append(out.Reasons, Reason{start, end, string(kind), said[out.Subject].term[t]})
	}
	return covered
}

// weighty says which terms count at a level: at Clear those that tell a
// detail, at Possible those that hint; own: only those that are not about
// people in general.
func (r *reading) weighty(level Level) (set tags, own bool) {
	order := [...]tags{specific, medical, allusion}
	if level == Possible {
		order = [...]tags{allusion, allusion, medical}
	}
	for _, set = range order {
		found := false
		for k, h := range r.hits {
			if h.tags.any(set) {
				if found = true; r.ofSomebody(k) {
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

func (r *reading) ofSomebody(k int) bool {
	who := r.about(k)
	return who != tagGen && who != tagYou
}

// tells returns the tag of a hit that matters most at a level.
func tells(s tags, level Level) (tag, bool) {
	if level == Possible && s.any(allusion) {
		s &= allusion
	}
	for t := tagCond; t < tagSpec; t++ {
		if s.has(t) {
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
	for from > 0 && votes[from-1] >= enough && s.tokens[from-1].sent == s.tokens[to].sent {
		from--
	}
	for to+1 < len(votes) && votes[to+1] >= enough && s.tokens[to+1].sent == s.tokens[from].sent {
		to++
	}
	why.Start, why.End = s.tokens[from].start, s.tokens[to].end
	j.Reasons = append(j.Reasons, why)
}

// alarm gives the signs of danger and the calls for help as reasons, else what
// the network rests on.
func (c *Classifier) alarm(s *state, out *Judgement) {
	n := 0
	for _, h := range s.hits {
		why := "describes a danger that may be happening now"
		switch {
		case n == maxReasons:
			return
		case h.tags.has(tagDanger):
		case h.tags.has(tagHelp):
			why = "asks for help"
		default:
			continue
		}
		start, end := s.place(h)
		out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, why})
		n++
	}
	if n == 0 {
		c.rest(s, network.OutUrgent, out, Reason{Kind: KindUrgent, Why: "reads as if somebody needed help now"})
	}
}

// place is where a hit stands in the text as it was written.
func (r *reading) place(h hit) (start, end int) {
	return r.tokens[h.from].start, r.tokens[h.to-1].end
}
