package classify

import "strings"

// names finds people who sign, introduce themselves or are introduced with
// their full name. Clinicians and staff do not count.
func (c *Classifier) names(fs []found, r *reading) []found {
	if f, ok := c.signature(r); ok {
		fs = append(fs, f)
	}
	for i := range r.tokens {
		if n := introduced(r, i); n > 0 && (r.tokens[i].s != "for" || len(r.tokens) < 40) {
			fs = c.fullName(fs, r, i+n)
		}
	}
	for _, h := range r.hits {
		if h.tags.any(setOf(tagFam, tagOther)) && !h.tags.has(tagSpec) {
			fs = c.fullName(fs, r, h.to)
		}
	}
	return fs
}

// introduced returns how many tokens the words before a name are, such as
// "my name is".
func introduced(r *reading, i int) int {
	for _, intro := range introductions {
		if phraseAt(r.tokens, i, intro) {
			return len(intro)
		}
	}
	return 0
}

var introductions = splitAll("my name is", "my name's", "name is", "name's", "names", "im called", "i am", "i'm", "patient name", "on behalf of", "me llamo", "mi nombre es", "nombre", "soy", "firma", "a nombre de", "familia de", "m appelle", "mon nom est", "je suis", "nom", "it's", "ring", "phone", "please", "for")

func splitAll(ss ...string) [][]string {
	out := make([][]string, len(ss))
	for i, s := range ss {
		out[i] = strings.Fields(s)
	}
	return out
}

func phraseAt(ts []token, i int, words []string) bool {
	if i+len(words) > len(ts) {
		return false
	}
	for k, w := range words {
		if ts[i+k].s != w {
			return false
		}
	}
	return true
}

// fullName takes two or more capitalised words at i, after at most a mark and
// a title, as the full name of a patient.
func (c *Classifier) fullName(fs []found, r *reading, i int) []found {
	for n := 0; n < 2 && i < len(r.tokens) && skipBeforeName[r.tokens[i].s]; n++ {
		i++
	}
	from, names := i, 0
	for i < len(r.tokens) && (c.properName(r, i) || names > 0 && (particle[r.tokens[i].s] || c.surname(r, i))) && glued(r, from, i) {
		if !particle[r.tokens[i].s] {
			names++
		}
		i++
	}
	if names < 2 || clinician(r, from, i) {
		return fs
	}
	return append(fs, found{r.tokens[from].start, r.tokens[i-1].end, "gives a full name"})
}

// surname reports a capitalised word after a given name, be it a word of the
// lists too.
func (c *Classifier) surname(r *reading, i int) bool {
	t := r.tokens[i]
	return t.upper && !t.mark && !t.shout && !c.common[t.s] && !c.staff[t.s]
}

var skipBeforeName = map[string]bool{",": true, ":": true, "don": true, "doña": true, "mr": true, "mrs": true, "ms": true, "miss": true, "sr": true, "sra": true, "is": true}

var particle = map[string]bool{"de": true, "del": true, "la": true, "van": true, "von": true, "der": true, "da": true, "dos": true, "mac": true, "o": true, "al": true, "le": true}

// glued reports whether tokens from to i stand close together on one line.
func glued(r *reading, from, i int) bool {
	return i == from || r.tokens[i].start-r.tokens[i-1].end <= 3 && r.tokens[i].sent == r.tokens[i-1].sent
}

// clinician reports a title just before or after the name.
func clinician(r *reading, from, to int) bool {
	for j := max(0, from-2); j < from; j++ {
		if titles[r.tokens[j].s] {
			return true
		}
	}
	return to < len(r.tokens) && letters[r.tokens[to].s] || to+1 < len(r.tokens) && r.tokens[to].s == "," && letters[r.tokens[to+1].s]
}

var titles = setOfWords("dr dra drs doctor doctora docteur docteure nurse sister surgeon hygienist therapist receptionist reception secretaria secretaire infirmiere enfermera enfermero lic licenciada prof professor physician dentist mr")

var letters = setOfWords("md rn np pa dds dmd do phd lmt dc rdh od arnp lcsw crna")

func setOfWords(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// signature finds a name at the end of a text, set off from it.
func (c *Classifier) signature(r *reading) (found, bool) {
	end := c.signatureEnd(r)
	from, names, initials := end, 0, 0
	for from > 0 && end-from < 5 {
		t := r.tokens[from-1]
		switch {
		case initial(t):
			initials++
		case c.properName(r, from-1):
			names++
		case from < end && (particle[t.s] || t.s == "." || t.s == "&" || t.s == "and" || t.s == "family" && t.upper || t.s == "the" && t.upper):
			if t.s == "." && !(from > 1 && initial(r.tokens[from-2])) {
				return c.signed(r, from, end, names, initials)
			}
		default:
			return c.signed(r, from, end, names, initials)
		}
		from--
	}
	return c.signed(r, from, end, names, initials)
}

func initial(t token) bool { return len(t.s) == 1 && t.upper && t.s != "i" }

// signatureEnd is the token after the last that may be a name: marks, kisses,
// handles, numbers and one place after a comma are left out.
func (c *Classifier) signatureEnd(r *reading) int {
	end := len(r.tokens)
	for end > 0 {
		t := r.tokens[end-1]
		switch {
		case end > 1 && r.tokens[end-2].s == "@" || t.mark || hasDigit(t.s) || (t.s == "mrs" || t.s == "mr" || t.s == "ms") || strings.Trim(t.s, "x") == "":
			end--
		default:
			return c.dropPlace(r, end)
		}
	}
	return end
}

// dropPlace leaves out ", Dudley" after a full name.
func (c *Classifier) dropPlace(r *reading, end int) int {
	if end >= 4 && r.tokens[end-2].s == "," && r.tokens[end-1].upper && c.properName(r, end-3) && (c.properName(r, end-4) || initial(r.tokens[end-4])) {
		return end - 2
	}
	return end
}

// signed decides whether the words from to end are a signature, by what sets
// them off.
func (c *Classifier) signed(r *reading, from, end, names, initials int) (found, bool) {
	for from < end && (r.tokens[from].mark || r.tokens[from].s == "and" || particle[r.tokens[from].s] && !r.tokens[from].upper) {
		from++
	}
	if names == 0 || from == 0 || from >= end || clinician(r, from, end) {
		return found{}, false
	}
	before := r.tokens[from-1]
	gap := r.raw[before.end:r.tokens[from].start]
	dash := strings.ContainsAny(gap, "-–—~")
	stop := before.mark && before.s != "," && before.s != "@" && before.s != "#" && before.s != "&"
	full := names >= 2 || initials > 0
	last := r.tokens[end-1]
	if !full && last.shout && len(last.s) < 5 {
		return found{}, false
	}
	ok := dash || full && thanked(r, from) || full && stop || before.mark && before.s == "," && closing(r, from-2) ||
		full && closing(r, from-1) || closesAlone(before.s) || names == 1 && stop && r.lang == "en" && len(r.tokens) > 8
	if !ok {
		return found{}, false
	}
	return found{r.tokens[from].start, r.tokens[end-1].end, "is signed with a name"}, true
}

// thanked reports a closing word shortly before a name that nothing sets off,
// and no word between that ties the name to somebody else.
func thanked(r *reading, from int) bool {
	if len(r.tokens) < 6 || ties[r.tokens[from-1].s] {
		return false
	}
	for i := from - 1; i >= 0 && i >= from-8; i-- {
		if closings[r.tokens[i].s] {
			return true
		}
	}
	return false
}

var ties = setOfWords("by with to of from at see recommend and called staff for is you thanks thank nurse a por con de del al par avec pour et y à chez @ , # love")

func closing(r *reading, i int) bool { return i >= 0 && closings[r.tokens[i].s] }

func closesAlone(w string) bool {
	return w == "sincerely" || w == "regards" || w == "firma" || w == "signed" || w == "atte" || w == "cordialement" || w == "cheers"
}

var closings = setOfWords("thanks thank you thx regards sincerely grateful cariño gratitude love cheers kindly best wishes respectfully cordially truly yours gratefully blessings hugs xx xoxo gracias saludos atte atentamente siempre bendiciones abrazo abrazos besos cordialement bisous merci amicalement bises respectueusement encore firma")
