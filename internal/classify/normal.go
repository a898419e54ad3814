package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"

	"triage/internal/classify/network"
)

// token is one word, emoji or mark of a text, normalised: compatibility forms
// folded, case and accents (except ñ) removed, look-alike letters and digits
// read as the letters they stand for. start and end are its place in the
// original text.
type token struct {
	s          string
	hash       uint64 // of s, as the network and the word lists know it
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
	tag   bool   // it is part of a hashtag
	words []byte // all words, so that tokens share one string
	spans []int  // where each token's word ends in words
}

// read normalises a text. It takes any bytes: what is not UTF-8 separates
// words.
func read(raw string) text {
	var r reader
	r.read(raw)
	return r.text
}

// read normalises a text with the buffers of the one before, whose tokens are
// no longer valid then.
func (r *reader) read(raw string) {
	*r = reader{text: text{raw: raw, tokens: r.tokens[:0]}, word: r.word[:0], words: r.words[:0], spans: r.spans[:0]}
	from, to := 0, len(raw) // line breaks around a text mean nothing
	for from < to && raw[from] <= ' ' {
		from++
	}
	for to > from && raw[to-1] <= ' ' {
		to--
	}
	for i := from; i < to; {
		c, n := rune(raw[i]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRuneInString(raw[i:])
		}
		r.rune(c, i, i+n)
		i += n
	}
	r.endWord(to)
	r.slice()
	r.joinSpaced()
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
			r.count++
			r.letters++
		}
		r.word = append(r.word, c)
	case c >= 'A' && c <= 'Z':
		if r.tag && len(r.word) > 0 && r.raw[at-1] >= 'a' && r.raw[at-1] <= 'z' {
			r.endWord(at) // #NewKnee is two words
		}
		r.begin(at, true)
		r.upper++
		r.count++
		r.letters++
		r.word = append(r.word, c+'a'-'A')
	case (c == '\'' || c == '`') && len(r.word) > 0:
		r.apostrophe(at, end)
	case (c == '@' || c == '$' || c == '!') && len(r.word) > 0 && r.insideWord(end):
		r.word = append(r.word, leet(c))
	case c == ' ' || c == '\t' || c == '\r':
		r.endWord(at)
		r.tag = false
	default:
		r.symbol(rune(c), at, end)
		r.tag = c == '#'
	}
}

// insideWord reports whether a letter follows at i.
func (r *reader) insideWord(i int) bool {
	return i < len(r.raw) && (r.raw[i]|0x20) >= 'a' && (r.raw[i]|0x20) <= 'z'
}

// apostrophe keeps English contractions whole and cuts French elisions.
func (r *reader) apostrophe(at, end int) {
	if elision(r.word) {
		r.endWord(at)
		return
	}
	if r.insideWord(end) {
		r.word = append(r.word, '\'')
		return
	}
	r.endWord(at)
}

func elision(w []byte) bool {
	switch string(w) {
	case "j", "l", "d", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu":
		return true
	}
	return false
}

// letter adds a letter beyond ASCII, folded to what it looks like or is.
func (r *reader) letter(c rune, at int) {
	upper := unicode.IsUpper(c)
	if l, ok := lookAlike[c]; ok {
		r.begin(at, upper)
		r.foreign++
		r.word = append(r.word, l)
	} else {
		r.fold(c, at, upper)
	}
	if unicode.IsLetter(c) {
		r.count++
		r.letters++
		if upper {
			r.upper++
		}
	}
}

// fold appends the compatibility decomposition of a rune without its marks.
func (r *reader) fold(c rune, at int, upper bool) {
	var in, out [64]byte
	for _, d := range string(norm.NFKD.Append(out[:0], in[:utf8.EncodeRune(in[:], c)]...)) {
		d = unicode.ToLower(d)
		switch {
		case d == 0x303 && len(r.word) > 0 && r.word[len(r.word)-1] == 'n':
			r.word = append(r.word[:len(r.word)-1], "ñ"...)
		case unicode.Is(unicode.Mn, d):
		case d < utf8.RuneSelf && (d >= 'a' && d <= 'z' || d >= '0' && d <= '9'):
			r.begin(at, upper)
			r.word = append(r.word, byte(d))
		case unicode.IsLetter(d) || unicode.IsNumber(d):
			r.begin(at, upper)
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
		r.upper, r.count = 0, 0
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

// slice gives every token its word, all cut from one string over the buffer.
func (r *reader) slice() {
	all, from := unsafe.String(unsafe.SliceData(r.words), len(r.words)), 0
	for i := range r.tokens {
		r.tokens[i].s = all[from:r.spans[i]]
		r.tokens[i].hash = network.Hash("", r.tokens[i].s)
		from = r.spans[i]
	}
	r.sents++
}

// joinSpaced reads "c a n c e r" and "c.a.n.c.e.r" as one word: four or more
// single letters in a row.
func (r *reader) joinSpaced() {
	out := r.tokens[:0]
	for i := 0; i < len(r.tokens); {
		n, next := spaced(r.tokens, i)
		if n < 4 {
			out = append(out, r.tokens[i])
			i++
			continue
		}
		t := r.tokens[i]
		var w strings.Builder
		for _, l := range r.tokens[i:next] {
			if !l.mark {
				w.WriteString(l.s)
			}
		}
		t.s, t.hash, t.end = w.String(), network.Hash("", w.String()), r.tokens[next-1].end
		out = append(out, t)
		i = next
	}
	r.tokens = out
}

// spaced counts the single letters in a row from token i on, and says which
// token is after them.
func spaced(ts []token, i int) (letters, next int) {
	next = i
	for j := i; j < len(ts) && letters < 24; j++ {
		if letters > 0 && ts[j].mark && (ts[j].s == "." || ts[j].s == ",") && j+1 < len(ts) && oneLetter(ts[j+1]) {
			continue
		}
		if !oneLetter(ts[j]) {
			break
		}
		letters++
		next = j + 1
	}
	return letters, next
}

func oneLetter(t token) bool { return !t.mark && len(t.s) == 1 && t.s[0] >= 'a' && t.s[0] <= 'z' }
