package lexicon

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"triage/internal/classify/network"
)

// Token is one word, emoji or mark of a text, normalised: compatibility forms
// folded, case and accents (except ñ) removed, look-alike letters read as the
// letters they stand for.
type Token struct {
	Word       string
	Hash       uint64 // of Word, as the network and the word lists know it
	Start, End int    // its place in the text as it was written, in bytes
	Sent       int    // the sentence it stands in
	Upper      bool   // begins with a capital letter
	Shout      bool   // two or more letters, all capitals
	Mark       bool   // punctuation or emoji
	Digit      bool   // has a digit
}

// readings are for texts of which only the words are wanted.
var readings = sync.Pool{New: func() any { return &Reading{} }}

// Words are the words and marks of a text, normalised.
func Words(text string) []string {
	r := readings.Get().(*Reading)
	defer readings.Put(r)
	r.read(text)
	ws := make([]string, len(r.Tokens))
	for i := range ws {
		ws[i] = strings.Clone(r.Tokens[i].Word)
	}
	return ws
}

// cutter is how far a text is cut into tokens.
type cutter struct {
	word  []byte // the word so far, normalised
	from  int    // where it began
	upper int    // capital letters in it
	count int    // letters in it
	first bool   // its first letter was a capital
	tag   bool   // it is part of a hashtag
	words []byte // all words, so that tokens share one string
	spans []int  // where each token's word ends in words

	folded []byte // a letter's decomposition
}

// read cuts a text into tokens in one pass. It takes any bytes: what is not
// UTF-8 separates words.
func (r *Reading) read(raw string) {
	r.Raw, r.Tokens, r.sents, r.letters, r.foreign = raw, r.Tokens[:0], 0, 0, 0
	r.cutter = cutter{word: r.word[:0], words: r.words[:0], spans: r.spans[:0], folded: r.folded}
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

func (r *Reading) rune(c rune, at, end int) {
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

func (r *Reading) ascii(c byte, at, end int) {
	switch {
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		r.begin(at, false)
		if c >= 'a' {
			r.count++
			r.letters++
		}
		r.word = append(r.word, c)
	case c >= 'A' && c <= 'Z':
		if r.tag && len(r.word) > 0 && r.Raw[at-1] >= 'a' && r.Raw[at-1] <= 'z' {
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
func (r *Reading) insideWord(i int) bool {
	return i < len(r.Raw) && (r.Raw[i]|0x20) >= 'a' && (r.Raw[i]|0x20) <= 'z'
}

// apostrophe keeps English contractions whole and cuts French elisions.
func (r *Reading) apostrophe(at, end int) {
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

func (r *Reading) begin(at int, upper bool) {
	if len(r.word) == 0 {
		r.from, r.first = at, upper
		r.upper, r.count = 0, 0
	}
}

func (r *Reading) endWord(at int) {
	if len(r.word) == 0 {
		return
	}
	shout := r.upper >= 2 && r.upper == r.count
	r.push(r.word, Token{Start: r.from, End: at, Upper: r.first, Shout: shout})
	r.word = r.word[:0]
}

// symbol is a mark or an emoji; some of them end the sentence.
func (r *Reading) symbol(c rune, at, end int) {
	r.endWord(at)
	var b [utf8.UTFMax]byte
	switch c {
	case '\n', '.', '!', '?', ';', '…':
		r.push(b[:utf8.EncodeRune(b[:], c)], Token{Start: at, End: end, Mark: true})
		if c != '.' || (end >= len(r.Raw) || r.Raw[end] <= ' ') && !r.title() {
			r.sents++
		}
	case '-', '–', '—', '_', '*', '"', '¡', '¿', '«', '»', '“', '”', '/', '\\', '|', '~', '(', ')', '\'':
	default:
		r.push(b[:utf8.EncodeRune(b[:], c)], Token{Start: at, End: end, Mark: true})
	}
}

// title reports whether the word just read is one after which a full stop
// does not end the sentence.
func (r *Reading) title() bool {
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

func (r *Reading) push(w []byte, t Token) {
	t.Sent = r.sents
	r.words = append(r.words, w...)
	r.spans = append(r.spans, len(r.words))
	r.Tokens = append(r.Tokens, t)
}

// slice gives every token its word, all cut from one string over the buffer.
func (r *Reading) slice() {
	all, from := unsafe.String(unsafe.SliceData(r.words), len(r.words)), 0
	for i, to := range r.spans {
		t := &r.Tokens[i]
		t.Word = all[from:to]
		t.Hash = network.Hash("", t.Word)
		t.Digit = hasDigit(t.Word)
		from = to
	}
	r.sents++
}

func hasDigit(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] >= utf8.RuneSelf {
			return strings.IndexFunc(w[i:], unicode.IsDigit) >= 0
		}
		if w[i]-'0' <= 9 {
			return true
		}
	}
	return false
}

// joinSpaced reads "c a n c e r" and "c.a.n.c.e.r" as one word: four or more
// single letters in a row.
func (r *Reading) joinSpaced() {
	from := 0
	for n := 0; n < 4; from++ { // hardly any text has them
		if from == len(r.Tokens) {
			return
		}
		n, _ = spaced(r.Tokens, from)
	}
	from--
	out := r.Tokens[:from]
	for i := from; i < len(r.Tokens); {
		n, next := spaced(r.Tokens, i)
		if n < 4 {
			out = append(out, r.Tokens[i])
			i++
			continue
		}
		t := r.Tokens[i]
		var w strings.Builder
		for _, l := range r.Tokens[i:next] {
			if !l.Mark {
				w.WriteString(l.Word)
			}
		}
		t.Word, t.Hash, t.End = w.String(), network.Hash("", w.String()), r.Tokens[next-1].End
		out = append(out, t)
		i = next
	}
	r.Tokens = out
}

// spaced counts the single letters in a row from token i on, and says which
// token is after them.
func spaced(ts []Token, i int) (letters, next int) {
	next = i
	for j := i; j < len(ts) && letters < 24; j++ {
		if letters > 0 && ts[j].Mark && (ts[j].Word == "." || ts[j].Word == ",") && j+1 < len(ts) && oneLetter(ts[j+1]) {
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

func oneLetter(t Token) bool {
	return !t.Mark && len(t.Word) == 1 && t.Word[0] >= 'a' && t.Word[0] <= 'z'
}
