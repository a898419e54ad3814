package classify

import "strings"

// date returns the token after a date that has day, month and year and begins
// at i, or 0.
func (f *finder) date(i int) int {
	a, b := &f.tokens[i], f.at(i+1)
	if known[f.at(i-1).s]&isMonth != 0 && dayNumber(a.s) > 0 {
		return f.year(i+1, i)
	}
	j := i + 1
	if b.s == "." || b.s == "de" || b.s == "of" {
		b = f.at(i + 2)
		j++
	}
	if known[b.s]&isMonth != 0 && dayNumber(a.s) > 0 {
		return f.year(j+1, i)
	}
	if !allDigits(a.s) || !allDigits(b.s) || strings.TrimLeft(f.raw[a.end:b.start], " /.-") != "" || b.start-a.end > 3 {
		return 0
	}
	if k := j + 1; len(a.s) == 4 && len(b.s) == 2 && dayNumber(f.at(k).s) > 0 {
		return k + 1
	} else if dayNumber(a.s) > 0 && dayNumber(b.s) > 0 && (dayNumber(a.s) <= 12 || dayNumber(b.s) <= 12) {
		return f.year(k, i)
	}
	return 0
}

// dateStart is where the date at token i begins, its month perhaps before it.
func (f *finder) dateStart(i int) int {
	if known[f.at(i-1).s]&isMonth != 0 {
		i--
	}
	return f.tokens[i].start
}

// year returns the token after a year at j or just beyond, or 0.
func (f *finder) year(j, from int) int {
	for ; j < len(f.tokens) && j < from+7; j++ {
		t := &f.tokens[j]
		switch {
		case t.s == "," || t.s == "." || t.s == "de" || t.s == "del":
		case allDigits(t.s) && (len(t.s) == 2 || len(t.s) == 4 && (t.s[:2] == "19" || t.s[:2] == "20")):
			if n := f.at(j + 1); len(t.s) == 2 && n.start > 0 && n.start-t.end <= 1 && !n.mark && isDigitByte(n.s[0]) {
				return 0
			}
			return j + 1
		default:
			return 0
		}
	}
	return 0
}

// dayNumber returns the day or month that a word such as "3rd" is, or 0.
func dayNumber(s string) int {
	if len(s) == 0 || !isDigitByte(s[0]) {
		return 0
	}
	n, k := int(s[0]-'0'), 1
	if len(s) > 1 && isDigitByte(s[1]) {
		n, k = 10*n+int(s[1]-'0'), 2
	}
	switch s[k:] {
	case "", "st", "nd", "rd", "th", "er", "o":
		if n <= 31 {
			return n
		}
	}
	return 0
}

// isBirth reports a word of birth near a date, or a name beside it.
func (f *finder) isBirth(from, to int) bool {
	if known[f.at(from-1).s]&isMonth != 0 {
		from--
	}
	for j := from - 1; j >= 0 && j >= from-6 && f.tokens[j].s != "\n"; j-- {
		if s := f.tokens[j].s; known[s]&isBorn != 0 && (len(s) > 1 || j >= from-2) {
			return known[f.at(j+1).s]&isTheirs == 0 && f.at(j+1).s != "esta" && f.at(j+1).s != "cette"
		}
	}
	if s := f.at(from - 1).s; s == "i'm" || s == "im" {
		return true
	}
	for j := to; j < len(f.tokens) && j < to+8 && f.tokens[j].s != "."; j++ {
		if s := f.tokens[j].s; known[s]&isBorn != 0 && len(s) > 1 {
			return known[f.at(j+1).s]&isTheirs == 0 && f.at(j+1).s != "esta" && f.at(j+1).s != "cette"
		}
	}
	return f.nameBefore(from)
}

// address finds a street with a house number around the number at token i.
func (f *finder) address(i int) {
	from, to := f.streetAfter(i)
	if to == 0 {
		from, to = f.streetBefore(i)
	}
	if to == 0 {
		return
	}
	before, after := f.around(from, to, 7, 5)
	if s := f.at(from - 2).s; f.at(from-1).s == "at" && (s == "i'm" || s == "im" || s == "am" || s == "we're" || s == "are") {
		before |= isHome
	}
	home, theirs := (before|after)&isHome != 0, (before|after)&isTheirs != 0
	if f.placed(from, to) || !home && (theirs || !f.livedIn() || len(f.tokens) > 60 || f.at(to).s == "is" || f.at(from-1).s == "at") {
		return
	}
	f.add(f.tokens[from].start, f.tokens[to-1].end, "gives a street address")
}

// livedIn reports that the text speaks of the writer, a relative or a danger, so
// that an address is where somebody lives or help is to come to.
func (f *finder) livedIn() bool {
	for _, h := range f.hits {
		if h.tags.any(setOf(tagDanger, tagHelp, tagSelf, tagFam)) {
			return true
		}
	}
	return false
}

// placed reports words that put a firm or an office at an address.
func (f *finder) placed(from, to int) bool {
	for j := max(0, from-6); j < len(f.tokens) && j < to+7; j++ {
		switch f.tokens[j].s {
		case "suite", "parking", "park", "opposite", "upstairs", "floor", "lift", "piso", "cabinet", "optica", "banco", "building", "stand", "located", "ubicado", "queda", "shop", "had", "since", "sucursal", "keypad", "you're", "expo", "consultorio":
			return true
		}
	}
	return false
}

// streetAfter matches "12 Elm Road" and "12 bis rue des Lilas".
func (f *finder) streetAfter(i int) (from, to int) {
	j := i + 1
	for j < len(f.tokens) && (f.tokens[j].s == "," || f.tokens[j].s == "bis" || f.tokens[j].s == "ter") {
		j++
	}
	if t := f.at(j); known[t.s]&isCalle != 0 && (f.lang == "fr" || f.capital(f.at(j+1))) && len(t.s) > 1 {
		for j++; j < len(f.tokens) && (f.tokens[j].s == "." || known[f.tokens[j].s]&isParticle != 0 || f.tokens[j].s == "l") && !f.capital(&f.tokens[j]); j++ {
		}
		if f.at(j).mark {
			return 0, 0
		}
		return i, j + 1
	}
	for k := j; k < len(f.tokens) && k <= j+4; k++ {
		t := &f.tokens[k]
		if t.mark && t.s != "." {
			return 0, 0
		}
		if k > j && known[t.s]&isStreet != 0 && (f.capital(t) || k == j+1 && clearStreet(t.s)) {
			return i, k + 1
		}
		if !f.capital(t) && (k > j || f.common(k)) {
			return 0, 0
		}
	}
	return 0, 0
}

func clearStreet(s string) bool {
	switch s {
	case "street", "st", "road", "rd", "ave", "avenue", "lane", "crescent", "cres", "drive", "boulevard", "blvd", "close", "terrace":
		return true
	}
	return false
}

// streetBefore matches "calle Olmo 12" and "rue Basse 33"; in small letters
// only where somebody is said to live there.
func (f *finder) streetBefore(i int) (from, to int) {
	small := false
	if f.lang == "en" && !f.capital(f.at(i-1)) {
		return 0, 0
	}
	for j := i - 1; j >= 0 && j >= i-7; j-- {
		t := &f.tokens[j]
		switch l := known[t.s]; {
		case l&isCalle != 0 && (len(t.s) > 1 || f.capital(t) && strings.HasPrefix(f.raw[t.end:], "/")):
			before, _ := f.around(j, j, 7, 0)
			if (f.lang == "en" && !f.capital(t) || small || j == i-1) && (before&isHome == 0 || f.lang == "fr") {
				return 0, 0
			}
			return j, i + 1
		case t.s == "," && j == i-1 || t.s == "#" || t.s == "." && f.at(j-1).s == "av" || l&isParticle != 0 || t.s == "n" || t.s == "no":
		case t.mark || l&(isMonth|isTheirs) != 0:
			return 0, 0
		case !f.capital(t):
			small = true
		}
	}
	return 0, 0
}
