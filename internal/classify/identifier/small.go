package identifier

// smallName weighs a name written small that begins at token i: a known first
// name and a rare word, or after an introduction two rare words.
func (f *finder) smallName(i int, introduced bool) {
	t := f.at(i)
	if t.Mark || f.capital(t) || f.staff[t.Word] || f.common(i) && (known[t.Word]&(isGiven|isPlain) != isGiven || f.lists.Common(t.Word)) {
		return
	}
	p := f.smallPerson(i)
	if p.rare == 0 || !p.given && !introduced || f.clinician(&p) {
		return
	}
	f.addTokens(p.from, p.to, fullName, f.smallOdds(&p))
}

// smallPerson reads a name in small letters as far as it goes.
func (f *finder) smallPerson(i int) person {
	p := person{from: i, to: i + 1, words: 1, given: known[f.Tokens[i].Word]&isGiven != 0}
	for j := i + 1; j < len(f.Tokens) && j < i+6; j++ {
		t := &f.Tokens[j]
		if t.Mark || len(f.gap(j)) > 1 || f.staff[t.Word] {
			break
		}
		if known[t.Word]&isParticle != 0 && known[t.Word]&isGiven == 0 {
			continue
		}
		if f.common(j) || len(t.Word) < 3 {
			break
		}
		p.to = j + 1
		p.words++
		p.rare++
	}
	return p
}

// smallOdds weighs a name in small letters by what stands before and after it.
func (f *finder) smallOdds(p *person) float64 {
	odds := f.smallBefore(p)
	if t := f.at(p.to); t.Mark || len(f.gap(p.to)) > 1 {
		odds++
	}
	if !p.given {
		odds -= 2
	}
	return odds
}

func (f *finder) smallBefore(p *person) float64 {
	i := p.from - 1
	if f.at(i).Word == "is" && f.at(i-1).Word == "name" {
		return 5
	}
	t := f.at(i)
	off := t.Word == "," || i >= 0 && len(f.gap(p.from)) > 1
	if t.Word == "," {
		i--
	}
	switch l := known[f.at(i).Word]; {
	case off && f.relative(i):
		return 2.5
	case off, f.relative(i), l&(isMister|isIntro|isCall) != 0:
		return 1.5
	case t.Mark:
		return 1
	case t.Word == "is", t.Word == "es", t.Word == "est", t.Word == "de":
		return 1
	}
	return -1
}
