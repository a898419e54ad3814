package plain

import "strings"

// reader cuts cells into words.
type reader struct {
	cells    []cell
	words    []Word
	buf      []byte // the cells' characters, one each
	text     string // the same as a string, shared by the words
	sentence int
	first    bool
	// noAddress is how far it is known that no address begins.
	noAddress int
	// signs counts those that are no part of a sentence, at words.
	signs int
}

// words gives the text its words.
func words(t *Text, cells []cell) {
	r := reader{cells: cells, first: true, words: make([]Word, 0, len(cells)/4+1)}
	r.buf = make([]byte, len(cells))
	for i, c := range cells {
		r.buf[i] = c.c
	}
	r.text = string(r.buf)
	for i := 0; i < len(cells); {
		i = r.next(i)
	}
	n := r.sentence
	if !r.first {
		n++
	}
	t.Words, t.Sentences = joinSpaced(r.words), n
	t.Strewn = r.signs > 2 && r.signs*3 > len(t.Words)
}

// next reads what begins at i and returns where it ends.
func (r *reader) next(i int) int {
	c := r.text[i]
	switch {
	case isAlnum(c) || leads(c) && i+1 < len(r.text) && isAlnum(r.text[i+1]):
		if end := r.address(i); end > i {
			return end
		}
		if end := r.number(i); end > i {
			return end
		}
		if c == '(' { // of an aside
			r.add(i, i+1, "(", Mark)
			return i + 1
		}
		return r.word(i)
	case c == '\n' || c == '!' || c == '?' || c == '.' || c == ';':
		return r.stop(i)
	case strings.IndexByte(",:%$#()\"", c) >= 0:
		if r.betweenLetters(i) {
			break // "v,i,s,i,t"
		}
		r.add(i, i+1, string(c), Mark)
	}
	if strings.IndexByte("#\"`*_~<>=|+&[]\x01", c) >= 0 && (i > 0 && isAlnum(r.text[i-1]) || i+1 < len(r.text) && isAlnum(r.text[i+1])) {
		r.signs++
	}
	return i + 1
}

// betweenLetters reports whether a single letter stands on either side of i.
func (r *reader) betweenLetters(i int) bool {
	return i > 0 && i+1 < len(r.text) && isLetter(r.text[i-1]) && isLetter(r.text[i+1]) && (i < 2 || !isAlnum(r.text[i-2])) && (i+2 >= len(r.text) || !isAlnum(r.text[i+2]))
}

// leads reports whether c can be the first sign of a number or a hidden word.
func leads(c byte) bool { return c == '(' || c == '+' || c == '$' || c == '@' }

func (r *reader) add(i, end int, text string, k Kind) *Word {
	w := Word{Text: text, Start: int(r.cells[i].start), End: int(r.cells[end-1].end), Sentence: r.sentence, Kind: k}
	if k != Mark {
		w.First, r.first = r.first, false
	}
	w.Capital = r.cells[i].flags&upper != 0
	r.words = append(r.words, w)
	return &r.words[len(r.words)-1]
}

// stop ends a sentence, unless the full stop belongs to an abbreviation.
func (r *reader) stop(i int) int {
	if r.text[i] == '.' && (r.abbreviates(i) || r.spells(i) || r.fused(i)) {
		return i + 1
	}
	end := i + 1
	for end < len(r.text) && strings.IndexByte(".!?", r.text[end]) >= 0 {
		end++
	}
	mark := r.text[i : i+1]
	if strings.IndexByte(r.text[i:end], '?') >= 0 {
		mark = "?"
	}
	r.add(i, end, mark, Mark)
	if !r.first {
		r.sentence++
		r.first = true
	}
	return end
}

// fused reports whether a letter stands on either side of the full stop at i.
func (r *reader) fused(i int) bool {
	if i == 0 || i+1 >= len(r.text) || !isLetter(r.text[i-1]) || !isLetter(r.text[i+1]) {
		return false
	}
	r.signs++
	return true
}

// abbreviates reports whether the full stop at i follows a title or initial,
// or stands inside a number.
func (r *reader) abbreviates(i int) bool {
	if len(r.words) == 0 || r.first {
		return false
	}
	w := r.words[len(r.words)-1]
	if w.Kind != Letters || int(r.cells[i].start) != w.End {
		return false
	}
	switch w.Text {
	case "dr", "dra", "mr", "mrs", "ms", "mme", "mlle", "st", "ste", "sra", "srta", "prof", "no", "dept", "vs", "jr", "sr":
		return w.Capital || w.Text == "vs" || w.Text == "dr"
	case "a", "p":
		return i+1 < len(r.text) && r.text[i+1] == 'm'
	case "m":
		return i+2 < len(r.text) && r.text[i+1] == ' ' && r.cells[i+2].flags&upper == 0
	}
	return len(w.Text) == 1 && w.Capital && w.Text != "i"
}

// spells reports whether the full stop at i only sets letters apart, as in
// "v.i.s.i.t.".
func (r *reader) spells(i int) bool {
	n := len(r.words)
	if n == 0 || len(r.words[n-1].Text) != 1 || r.words[n-1].Kind != Letters || int(r.cells[i].start) != r.words[n-1].End {
		return false
	}
	if i+1 < len(r.text) && isAlnum(r.text[i+1]) {
		return true
	}
	return n > 1 && len(r.words[n-2].Text) == 1 && r.words[n-2].Kind == Letters && r.words[n-1].Start-r.words[n-2].End == 1 && i+2 < len(r.text)
}

// word reads a run of letters, with digits and signs that stand for letters.
func (r *reader) word(i int) int {
	end := i + 1
	for end < len(r.text) && (isAlnum(r.text[end]) || r.inside(end)) {
		if end-i >= 3 && r.onlyNumber(end) {
			break // "number48213"
		}
		end++
	}
	text := r.text[i:end]
	w := r.add(i, end, text, Letters)
	uppers := 0
	for _, c := range r.cells[i:end] {
		if c.flags&upper != 0 {
			uppers++
		}
		w.Tricks |= tricks(c.flags)
	}
	if r.cells[i].flags&glue != 0 && i > 0 && !isAlnum(r.text[i-1]) {
		w.Tricks &^= Invisible
	}
	w.Capital = uppers > 0
	w.Shout = uppers > 1 && uppers >= end-i-1
	if leet, ok := unleet(text); ok {
		w.Text, w.Tricks = leet, w.Tricks|Digits
	} else if strings.IndexByte(text, '\'') >= 0 {
		w.Text = strings.Trim(text, "'")
	}
	return end
}

// onlyNumber reports whether a number of four or more digits begins at i, behind a letter.
func (r *reader) onlyNumber(i int) bool {
	for k := range 4 {
		if i+k >= len(r.text) || !isDigit(r.text[i+k]) {
			return false
		}
	}
	return isLetter(r.text[i-1])
}

func tricks(f cellFlag) Trick {
	var t Trick
	if f&glue != 0 {
		t |= Invisible
	}
	if f&alike != 0 {
		t |= LookAlike
	}
	if f&foreign != 0 {
		t |= Foreign
	}
	if f&fancy != 0 {
		t |= Fancy
	}
	return t
}

// inside reports whether the character at i continues a word: an apostrophe or
// a sign for a letter between letters.
func (r *reader) inside(i int) bool {
	if i+1 >= len(r.text) || !isAlnum(r.text[i+1]) || !isAlnum(r.text[i-1]) {
		return false
	}
	return strings.IndexByte("'@$!|*_+~^", r.text[i]) >= 0
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool  { return isLetter(c) || isDigit(c) }
