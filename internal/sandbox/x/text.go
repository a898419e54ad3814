package x

import (
	"hash/fnv"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What a text counts at most, and what an address in it counts.
const (
	maxWeight  = 280
	linkWeight = 23
)

// words is a text as X gives it out: escaped, its addresses shortened, with places
// that count characters of exactly this text.
type words struct {
	text       string
	start, end int // what is shown of it: not the @names put before, nor the links of pictures
	mentions   []mark
	links      []mark
	tags       []mark
}

// mark is a part of a text that means something.
type mark struct {
	start, end int
	what       string // a @name, #tag or address, without the sign
	who        person // who is mentioned
	short      string // the address that stands in the text
	media      string // key of the picture that the address shows
}

var markPattern = regexp.MustCompile(`https?://[^\s<>"]+|[@#][\p{L}\p{N}_]+`)

// words gives the text of a post: all of it, or what fits.
func (x *X) words(p post, whole bool) words {
	said := p.said()
	if x.explicit(p) && !x.typed(said) {
		said = "@" + x.opt.Username + " " + said
	}
	if p.Media == "share" {
		said = strings.TrimSpace(said + " https://news.example/" + p.ID)
	}
	if !whole && weight(said) > maxWeight {
		said = cut(said)
	}
	var w words
	known := map[string]person{strings.ToLower(x.opt.Username): x.practice()}
	for _, who := range x.before(p) {
		known[strings.ToLower(who.username)] = who
		x.read(&w, "@"+who.username+" ", known)
	}
	w.start = w.len()
	x.read(&w, said, known)
	w.end = w.len()
	x.attach(&w, p)
	return w
}

// before are those whose @names X puts before a reply by itself.
func (x *X) before(p post) []person {
	var out []person
	target := x.target(p.Item)
	if target == nil || p.More[moreBare] == "true" {
		return nil
	}
	if to := x.author(target); !target.Own && to.name != "" && to != x.author(p.Item) {
		out = append(out, to)
	}
	if p.More[moreMention] == "implicit" && !x.typed(p.said()) {
		out = append(out, x.practice())
	}
	return out
}

// read appends plain text and what it means.
func (x *X) read(w *words, plain string, known map[string]person) {
	at := 0
	for _, m := range markPattern.FindAllStringIndex(plain, -1) {
		before, _ := utf8.DecodeLastRuneInString(plain[:m[0]])
		found := plain[m[0]:m[1]]
		if found[0] != 'h' && m[0] > 0 && strings.ContainsRune("@#/_&", before) || m[0] > 0 && wordRune(before) {
			continue
		}
		w.add(plain[at:m[0]])
		at = m[1]
		switch found[0] {
		case '@':
			w.mention(found, known)
		case '#':
			w.tags = append(w.tags, w.mark(found, mark{what: found[1:]}))
		default:
			short := shortened(found)
			w.links = append(w.links, w.mark(short, mark{what: found, short: short}))
		}
	}
	w.add(plain[at:])
}

func wordRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf
}

// mention marks an @name, if there is such an account.
func (w *words) mention(found string, known map[string]person) {
	who, ok := known[strings.ToLower(found[1:])]
	if !ok {
		w.add(found)
		return
	}
	w.mentions = append(w.mentions, w.mark(found, mark{what: found[1:], who: who}))
}

// attach appends the links to pictures and to what is quoted.
func (x *X) attach(w *words, p post) {
	link := func(to, media string) {
		if w.len() > w.start {
			w.add(" ")
		}
		short := shortened(to)
		w.links = append(w.links, w.mark(short, mark{what: to, short: short, media: media}))
	}
	who := x.author(p.Item)
	switch p.Media {
	case "photo", "sticker":
		link("https://x.com/"+who.username+"/status/"+p.ID+"/photo/1", mediaKey(p))
	case "video":
		link("https://x.com/"+who.username+"/status/"+p.ID+"/video/1", mediaKey(p))
	}
	if q := x.quoted(p.Item); q != nil {
		link("https://x.com/"+x.author(q).username+"/status/"+q.ID, "")
	}
}

func mediaKey(p post) string { return "3_" + p.ID }

func (w *words) len() int { return utf8.RuneCountInString(w.text) }

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (w *words) add(plain string) { w.text += escape.Replace(plain) }

func (w *words) mark(shown string, m mark) mark {
	m.start = w.len()
	w.add(shown)
	m.end = w.len()
	return m
}

// shortened is the address that X puts in place of another.
func shortened(address string) string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	h := fnv.New64a()
	_, _ = h.Write([]byte(address))
	short := "https://t.co/"
	for n, i := h.Sum64(), 0; i < 10; n, i = n/uint64(len(letters)), i+1 {
		short += string(letters[n%uint64(len(letters))])
	}
	return short
}

var linkPattern = regexp.MustCompile(`https?://\S+`)

// weight is how much of the limit a text uses up.
func weight(text string) int {
	links := len(linkPattern.FindAllString(text, -1))
	sum := links * linkWeight
	joined := false
	for _, r := range linkPattern.ReplaceAllString(text, "") {
		if !joined {
			sum += runeWeight(r)
		}
		joined = r == 0x200D
	}
	return sum
}

// runeWeight: wide characters count two, what only changes an emoji nothing.
func runeWeight(r rune) int {
	switch {
	case r == 0x200D || r == 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF:
		return 0
	case r <= 4351, r >= 8192 && r <= 8205, r >= 8208 && r <= 8223, r >= 8242 && r <= 8247:
		return 1
	}
	return 2
}

// cut leaves what is shown of a long post.
func cut(text string) string {
	sum := 0
	for i, r := range text {
		if sum += runeWeight(r); sum > maxWeight-2 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}
