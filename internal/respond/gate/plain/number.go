package plain

import "strings"

// longestNumber bounds what is looked at as one telephone number.
const longestNumber = 32

// number reads a number, time, date, amount or telephone number at i; it
// returns i when there is none.
func (r *reader) number(i int) int {
	start := i
	if leads(r.text[i]) && r.text[i] != '@' {
		start++
	}
	if start >= len(r.text) || !isDigit(r.text[start]) {
		return i
	}
	end, digits := start, 0
	for end < len(r.text) && end < start+longestNumber && (isDigit(r.text[end]) || r.within(end)) {
		if isDigit(r.text[end]) {
			digits++
		}
		end++
	}
	if end < len(r.text) && isLetter(r.text[end]) {
		return r.measure(i, start, end)
	}
	if digits >= 7 && looksPhone(r.text[start:end]) {
		r.add(i, end, onlyDigits(r.text[start:end]), Phone)
		return end
	}
	end = start
	for end < len(r.text) && (isDigit(r.text[end]) || end+1 < len(r.text) && isDigit(r.text[end+1]) && strings.IndexByte(".,:/-", r.text[end]) >= 0) {
		end++
	}
	r.add(i, end, r.text[i:end], Number)
	return end
}

// within reports whether the sign at i can stand inside a telephone number.
func (r *reader) within(i int) bool {
	if i+1 >= len(r.text) || strings.IndexByte(" .,:/-()", r.text[i]) < 0 {
		return false
	}
	next := r.text[i+1]
	return isDigit(next) || (next == ' ' || next == '(' || next == '-') && i+2 < len(r.text) && isDigit(r.text[i+2]) && strings.IndexByte(" )", r.text[i]) >= 0
}

// looksPhone reports whether digits are grouped like a telephone number.
func looksPhone(s string) bool {
	if strings.ContainsAny(s, ",:/") {
		return false
	}
	groups := strings.FieldsFunc(s, func(r rune) bool { return !isDigit(byte(r)) })
	for i, g := range groups {
		if len(g) > 4 && len(groups) > 1 || len(g) < 3 && i > 0 && len(g) != 2 {
			return false
		}
	}
	return len(groups) > 1 || len(s) >= 10
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// measure reads a number with a unit, such as 20th, 4pm, 500mg or 4b; a word
// that only begins with a digit is left to word.
func (r *reader) measure(i, start, end int) int {
	for end > start && !isDigit(r.text[end-1]) {
		end--
	}
	from := end
	for from > start && (isDigit(r.text[from-1]) || strings.IndexByte(".,:/-", r.text[from-1]) >= 0) {
		from--
	}
	if from > start { // several numbers: the one before the space stands alone
		r.add(i, from, strings.TrimSpace(r.text[i:from]), Number)
		return from
	}
	stop := end
	for stop < len(r.text) && isLetter(r.text[stop]) {
		stop++
	}
	if stop < len(r.text) && (isDigit(r.text[stop]) || r.inside(stop)) || !units[r.text[end:stop]] {
		return i
	}
	w := r.add(i, end, r.text[i:end], Number)
	w.End = int(r.cells[end-1].end)
	u := r.add(end, stop, r.text[end:stop], Letters)
	u.First = false
	return stop
}

var units = set("st nd rd th am pm a p k h hr hrs m min mins mg mcg g kg lb lbs oz ml l cm mm ft in x s d c b e f w n yo yr yrs wk wks mo mos day")

func set(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// address reads a web or e-mail address at i; it returns i when there is none.
func (r *reader) address(i int) int {
	if i < r.noAddress {
		return i
	}
	end := i
	for end < len(r.text) && strings.IndexByte(" \n\x01\"(),;!?", r.text[end]) < 0 {
		end++
	}
	r.noAddress = end // nothing else is looked for in what is none
	for end > i && strings.IndexByte(".:'-_", r.text[end-1]) >= 0 {
		end--
	}
	s := r.text[i:end]
	dot := strings.IndexByte(s, '.')
	if dot <= 0 || !isAddress(s) || wordy(s) {
		return i
	}
	w := r.add(i, end, s, Address)
	for _, c := range r.cells[i:end] {
		w.Tricks |= tricks(c.flags)
	}
	return end
}

func isAddress(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	if at := strings.IndexByte(s, '@'); at > 0 {
		s = s[at+1:]
	}
	if end := strings.IndexAny(s, "/?#:"); end >= 0 {
		s = s[:end]
	}
	dot := strings.LastIndexByte(s, '.')
	return dot > 0 && domains[s[dot+1:]]
}

// wordy reports an address that says a sentence, "x.example/so-glad-we-met-you":
// it is read as the words that it is made of.
func wordy(s string) bool {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		rest = s
	}
	if strings.IndexByte(rest, '@') >= 0 {
		return false
	}
	joints, run := 0, 0
	for i := range len(rest) {
		if run++; strings.IndexByte("-_+/=&", rest[i]) >= 0 {
			joints, run = joints+1, 0
		}
		if rest[i] == '.' {
			run = 0
		}
		if run >= longestLabel {
			return true
		}
	}
	return joints >= sentenceJoints
}

const (
	longestLabel   = 24 // letters, of a part of an address that is read as a name
	sentenceJoints = 4  // what sets words apart, in an address that says something
)

// domains are the endings that make a dotted word an address; any other dot
// without a space is a full stop.
var domains = set("com org net gov edu mil int info biz io co us uk ca mx es fr de eu me tv app dev health healthcare clinic dental dentist doctor hospital care surgery vision family online site website page link pro name club social example test invalid")
