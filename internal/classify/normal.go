package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word, emoji or mark of a text, normalised: compatibility forms
// folded, case and accents (except ñ) removed, look-alike letters and digits
// read as the letters they stand for. start and end are its place in the
// original text.
type token struct {
	s          string
	start, end int
	sent       int  // the sentence it stands in
	upper      bool // begins with a capital letter
	shout      bool // two or more letters, all capitals
	mark       bool // punctuation or emoji
}

// text is a comment made readable: its tokens, and facts about the whole.
type text struct {
	raw     string
	tokens  []token
	sents   int
	letters int // letters in all
	foreign int // letters that are not Latin
}

// reader makes tokens of a text in one pass.
type reader struct {
	text
	word  []byte // the word so far, normalised
	from  int    // where it began
	upper int    // capital letters in it
	count int    // letters in it
	first bool   // its first letter was a capital
	look  bool   // it has a look-alike of another script
	latin bool   // it has a Latin letter
	words []byte // all words, so that tokens share one string
	spans []int  // where each token's word ends in words
}

// read normalises a text. It takes any bytes: what is not UTF-8 separates
// words.
func read(raw string) text {
	r := &reader{text: text{raw: raw}}
	r.words = make([]byte, 0, len(raw)+16)
	r.tokens = make([]token, 0, len(raw)/5+4)
	for i := 0; i < len(raw); {
		c, n := rune(raw[i]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRuneInString(raw[i:])
		}
		r.rune(c, i, i+n)
		i += n
	}
	r.endWord(len(raw))
	r.slice()
	r.joinSpaced()
	return r.text
}

func (r *reader) rune(c rune, at, end int) {
	switch {
	case c < utf8.RuneSelf:
		r.ascii(byte(c), at, end)
	case c == utf8.RuneError:
		r.endWord(at)
	case ignorable(c):
	case c == '’' || c == '‘' || c == 'ʼ' || c == '´' || c == '＇':
		r.ascii('\'', at, end)
	case unicode.IsLetter(c) || unicode.Is(unicode.Mn, c) || unicode.IsNumber(c):
		r.letter(c, at)
	case unicode.IsSpace(c):
		r.endWord(at)
	default:
		r.symbol(c, at, end)
	}
}

func (r *reader) ascii(c byte, at, end int) {
	switch {
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		r.begin(at, false)
		if c >= 'a' {
			r.latin = true
			r.count++
			r.letters++
		}
		r.word = append(r.word, c)
	case c >= 'A' && c <= 'Z':
		r.begin(at, true)
		r.upper++
		r.count++
		r.letters++
		r.latin = true
		r.word = append(r.word, c+'a'-'A')
	case c == '\'' && len(r.word) > 0:
		r.apostrophe(at, end)
	case (c == '@' || c == '$' || c == '!') && len(r.word) > 0 && r.insideWord(end):
		r.word = append(r.word, leet(c))
	case c == ' ' || c == '\t' || c == '\r':
		r.endWord(at)
	default:
		r.symbol(rune(c), at, end)
	}
}

// insideWord reports whether a letter follows at i.
func (r *reader) insideWord(i int) bool {
	return i < len(r.raw) && (r.raw[i]|0x20) >= 'a' && (r.raw[i]|0x20) <= 'z'
}

// apostrophe keeps English contractions whole and cuts French elisions.
func (r *reader) apostrophe(at, end int) {
	if elision(string(r.word)) {
		r.endWord(at)
		return
	}
	if r.insideWord(end) {
		r.word = append(r.word, '\'')
		return
	}
	r.endWord(at)
}

func elision(w string) bool {
	switch w {
	case "j", "l", "d", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "aujourd":
		return w != "aujourd"
	}
	return false
}

// letter adds a letter beyond ASCII, folded to what it looks like or is.
func (r *reader) letter(c rune, at int) {
	if l, ok := lookAlike[c]; ok {
		r.begin(at, unicode.IsUpper(c))
		r.look = true
		r.count++
		r.letters++
		r.foreign++
		r.word = append(r.word, l)
		return
	}
	if unicode.IsLetter(c) {
		r.begin(at, unicode.IsUpper(c))
		r.count++
		r.letters++
	}
	r.fold(c, at)
}

// fold appends the compatibility decomposition of a rune without its marks.
func (r *reader) fold(c rune, at int) {
	var in, out [64]byte
	for _, d := range string(norm.NFKD.Append(out[:0], in[:utf8.EncodeRune(in[:], c)]...)) {
		d = unicode.ToLower(d)
		switch {
		case d == 0x303 && len(r.word) > 0 && r.word[len(r.word)-1] == 'n':
			r.word = append(r.word[:len(r.word)-1], "ñ"...)
		case unicode.Is(unicode.Mn, d):
		case d < utf8.RuneSelf && (d >= 'a' && d <= 'z' || d >= '0' && d <= '9'):
			r.begin(at, false)
			r.latin = true
			r.word = append(r.word, byte(d))
		case unicode.IsLetter(d) || unicode.IsNumber(d):
			r.begin(at, false)
			if !unicode.Is(unicode.Latin, d) {
				r.foreign++
			}
			r.word = utf8.AppendRune(r.word, d)
		}
	}
}

func (r *reader) begin(at int, upper bool) {
	if len(r.word) == 0 {
		r.from, r.first = at, upper
		r.upper, r.count, r.look, r.latin = 0, 0, false, false
	}
}

func (r *reader) endWord(at int) {
	if len(r.word) == 0 {
		return
	}
	shout := r.upper >= 2 && r.upper == r.count
	r.push(r.word, token{start: r.from, end: at, upper: r.first, shout: shout})
	r.word = r.word[:0]
}

// symbol is a mark or an emoji; some of them end the sentence.
func (r *reader) symbol(c rune, at, end int) {
	r.endWord(at)
	var b [utf8.UTFMax]byte
	switch c {
	case '\n', '.', '!', '?', ';', '…':
		r.push(b[:utf8.EncodeRune(b[:], c)], token{start: at, end: end, mark: true})
		if c != '.' || (end >= len(r.raw) || r.raw[end] <= ' ') && !r.title() {
			r.sents++
		}
	case '-', '–', '—', '_', '*', '"', '¡', '¿', '«', '»', '“', '”', '/', '\\', '|', '~', '(', ')', '\'':
	default:
		r.push(b[:utf8.EncodeRune(b[:], c)], token{start: at, end: end, mark: true})
	}
}

// title reports whether the word just read is one after which a full stop
// does not end the sentence.
func (r *reader) title() bool {
	n := len(r.spans)
	if n < 2 {
		return false
	}
	from := 0
	if n > 2 {
		from = r.spans[n-3]
	}
	switch string(r.words[from:r.spans[n-2]]) {
	case "dr", "dra", "mr", "mrs", "ms", "st", "sr", "sra", "drs", "no", "vs", "approx":
		return true
	}
	return false
}

func (r *reader) push(w []byte, t token) {
	t.sent = r.sents
	r.words = append(r.words, w...)
	r.spans = append(r.spans, len(r.words))
	r.tokens = append(r.tokens, t)
}

// slice gives every token its word, all cut from one string.
func (r *reader) slice() {
	all, from := string(r.words), 0
	for i := range r.tokens {
		r.tokens[i].s = all[from:r.spans[i]]
		from = r.spans[i]
	}
	r.sents++
}

// joinSpaced reads "c a n c e r" and "c.a.n.c.e.r" as one word: four or more
// single letters in a row.
func (r *reader) joinSpaced() {
	out := r.tokens[:0]
	for i := 0; i < len(r.tokens); {
		w, next := spaced(r.tokens, i)
		if len(w) < 4 {
			out = append(out, r.tokens[i])
			i++
			continue
		}
		t := r.tokens[i]
		t.s, t.end = w, r.tokens[next-1].end
		out = append(out, t)
		i = next
	}
	r.tokens = out
}

// spaced returns the single letters from token i on as one word, and the
// token after them.
func spaced(ts []token, i int) (string, int) {
	if !oneLetter(ts[i]) {
		return "", i
	}
	var w strings.Builder
	last := i
	for j := i; j < len(ts) && w.Len() < 24; j++ {
		if ts[j].mark && (ts[j].s == "." || ts[j].s == ",") && j+1 < len(ts) && oneLetter(ts[j+1]) {
			continue
		}
		if !oneLetter(ts[j]) {
			break
		}
		w.WriteString(ts[j].s)
		last = j
	}
	return w.String(), last + 1
}

func oneLetter(t token) bool { return len(t.s) == 1 && t.s[0] >= 'a' && t.s[0] <= 'z' }
