package classify

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
	tagTest:    {TestResult, "tells what a test showed"},
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

var whose = map[Subject]string{Self: ", of oneself", Family: ", of a relative", Other: ", of another person", Nobody: ""}

// kindOrder is the order in which kinds are listed.
var kindOrder = [...]Kind{Condition, Symptom, Procedure, Medication, TestResult, Reproductive, MentalHealth, SubstanceUse, Visit}

// weigh returns the hits that count at a level: at Clear those that tell a
// detail, at Possible those that hint; not about people in general if others
// are there.
func (r *reading) weigh(level Level) []int {
	order := []tags{specific, medical, allusion}
	if level == Possible {
		order = []tags{allusion, medical}
	}
	for _, set := range order {
		var own, any []int
		for k, h := range r.hits {
			if !h.tags.any(set) {
				continue
			}
			any = append(any, k)
			if who := r.about(k); who != tagGen && who != tagYou {
				own = append(own, k)
			}
		}
		if len(own) > 0 {
			return own
		}
		if len(any) > 0 {
			return any
		}
	}
	return nil
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

// kinds lists what kinds of detail the level rests on.
func (r *reading) kinds(level Level) []Kind {
	if level == None {
		return []Kind{}
	}
	seen := map[Kind]bool{}
	for _, k := range r.weigh(level) {
		for t := tagCond; t < tagSpec; t++ {
			if r.hits[k].tags.has(t) && (level == Clear) == !allusion.has(t) {
				seen[telling[t].kind] = true
			}
		}
	}
	if len(seen) == 0 {
		seen[Visit] = true
	}
	out := make([]Kind, 0, len(seen))
	for _, k := range kindOrder {
		if seen[k] {
			out = append(out, k)
		}
	}
	return out
}

// subject says whose health it is.
func (r *reading) subject(level Level, family bool) Subject {
	if level == None {
		return Nobody
	}
	if family {
		return Family
	}
	var n [tagCount + 1]int
	for _, k := range r.weigh(level) {
		n[r.about(k)]++
	}
	if n[tagOther] > 0 && n[tagSelf] == 0 && n[tagFam] == 0 {
		return Other
	}
	return Self
}

// explain writes the reasons for the level and for urgency.
func (r *reading) explain(out *Judgement) {
	if out.Level > None {
		r.because(out)
	}
	if out.Urgent {
		r.alarm(out)
	}
}

func (r *reading) because(out *Judgement) {
	ks := r.weigh(out.Level)
	for _, k := range ks[:min(len(ks), maxReasons)] {
		if t, ok := tells(r.hits[k].tags, out.Level); ok {
			start, end := r.place(r.hits[k])
			out.Reasons = append(out.Reasons, Reason{start, end, string(telling[t].kind), telling[t].why + whose[out.Subject]})
		}
	}
	if len(out.Reasons) == 0 {
		start, end := r.whole()
		out.Reasons = append(out.Reasons, Reason{start, end, string(Visit), "reads as if it told of care received" + whose[out.Subject]})
	}
}

func (r *reading) alarm(out *Judgement) {
	n := 0
	for _, h := range r.hits {
		if h.tags.has(tagDanger) && n < maxReasons {
			start, end := r.place(h)
			out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, "describes a danger that may be happening now"})
			n++
		}
	}
	for _, h := range r.hits {
		if h.tags.has(tagHelp) && n < maxReasons {
			start, end := r.place(h)
			out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, "asks for help"})
			n++
		}
	}
	if n == 0 {
		start, end := r.whole()
		out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, "reads as if somebody needed help now"})
	}
}

// place is where a hit stands in the text as it was written.
func (r *reading) place(h hit) (start, end int) {
	return r.tokens[h.from].start, r.tokens[h.to-1].end
}

func (r *reading) whole() (start, end int) {
	return r.tokens[0].start, r.tokens[len(r.tokens)-1].end
}

// alarming reports a danger told as happening: with a word of now and a call
// for help, or two signs of it with either, and nothing that makes it past, a
// joke or a lesson.
func (r *reading) alarming() bool {
	if r.all.any(setOf(tagJoke, tagAware, tagPast)) || !r.all.any(setOf(tagSelf, tagFam, tagOther)) || len(r.tokens) > 120 {
		return false
	}
	n := 0
	for _, h := range r.hits {
		if h.tags.has(tagDanger) {
			n++
		}
	}
	now, help := r.all.has(tagNow), r.all.has(tagHelp)
	return n >= 1 && now && help || n >= 2 && (now || help) || n >= 3
}
