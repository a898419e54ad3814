package classify

import (
	"embed"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"triage/internal/classify/network"
)

//go:embed lexicon/*.tsv lexicon/*.txt
var lexiconFiles embed.FS

// tag is what a term tells; tags is a set of them.
type tag uint8

type tags uint64

// The tags, in the order of tagNames. Those up to tagBody tell a detail,
// those up to tagRoutine only that there was care.
const (
	tagCond tag = iota
	tagSymp
	tagProc
	tagMed
	tagTest
	tagRepro
	tagMent
	tagSubst
	tagWordnet
	tagBody
	tagVProc
	tagVMed
	tagVTest
	tagVague
	tagRoutine
	tagSpec
	tagSelf
	tagFam
	tagOther
	tagGen
	tagYou
	tagNeg
	tagPast
	tagNow
	tagHyp
	tagAsk
	tagJoke
	tagIdiom
	tagTreat
	tagComplain
	tagAdmin
	tagAdvert
	tagAware
	tagDanger
	tagHelp
	tagCare
	tagCount
)

var tagNames = [tagCount]string{
	"cond", "symp", "proc", "med", "test", "repro", "ment", "subst", "wordnet", "body",
	"vproc", "vmed", "vtest", "vague", "routine", "spec", "self", "fam", "other", "gen", "you",
	"neg", "past", "now", "hyp", "ask", "joke", "idiom", "treat", "complain", "admin", "advert",
	"aware", "danger", "help", "care",
}

func (s tags) has(t tag) bool      { return s>>t&1 == 1 }
func (s tags) any(other tags) bool { return s&other != 0 }

func setOf(ts ...tag) tags {
	var s tags
	for _, t := range ts {
		s |= 1 << t
	}
	return s
}

var (
	specific = setOf(tagCond, tagSymp, tagProc, tagMed, tagTest, tagRepro, tagMent, tagSubst)
	medical  = specific | setOf(tagWordnet, tagBody)
	allusion = setOf(tagVProc, tagVMed, tagVTest, tagVague, tagRoutine)
)

// lexicon finds terms of one language in a text.
type lexicon struct {
	words    map[uint64]*entry // by network.Hash
	prefixes map[string]*entry
	begins   begins
	plural   bool
}

// begins holds the first three letters of every prefix, hashed: most words
// need not be looked for any further.
type begins [1 << 10]uint64

func (b *begins) at(w string) (word *uint64, bit uint64) {
	h := uint32(w[0])*0x9E3779B1 ^ uint32(w[1])*0x85EBCA6B ^ uint32(w[2])*0xC2B2AE35
	h ^= h >> 15
	return &b[h>>6&(1<<10-1)], 1 << (h & 63)
}

func (b *begins) has(w string) bool {
	word, bit := b.at(w)
	return *word&bit != 0
}

// entry is what may begin with a word: the word itself, or phrases.
type entry struct {
	tags    tags
	phrases []phrase // longest first
}

type phrase struct {
	rest []string // the words after the first; * at the end means any ending
	tags tags
}

// hit is a term found in a text: tokens from to to, exclusive.
type hit struct {
	tags     tags
	from, to int
	sent     int
}

// loadLexicon reads word lists; WordNet's, one term a line, only for English.
func loadLexicon(lang string) (*lexicon, error) {
	l := &lexicon{words: map[uint64]*entry{}, prefixes: map[string]*entry{}, plural: lang == "en"}
	files := []string{lang + ".tsv"}
	if lang == "en" {
		files = []string{"base.tsv", "en.tsv", "wordnet.txt"}
	}
	for _, f := range files {
		b, err := lexiconFiles.ReadFile("lexicon/" + f)
		if err != nil {
			return nil, fmt.Errorf("load word list: %w", err)
		}
		if err := l.load(f, string(b)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *lexicon) load(file, content string) error {
	for n, line := range strings.Split(content, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		name, terms, ok := strings.Cut(line, "\t")
		if !ok {
			name, terms = "wordnet", line
		}
		i := slices.Index(tagNames[:], name)
		if i < 0 {
			return fmt.Errorf("load word list %s: line %d: unknown tag", file, n+1)
		}
		for _, term := range strings.Split(terms, ",") {
			if err := l.add(strings.TrimSpace(term), tag(i)); err != nil {
				return fmt.Errorf("load word list %s: line %d: %w", file, n+1, err)
			}
		}
	}
	return nil
}

func (l *lexicon) add(term string, t tag) error {
	ws := termWords(term)
	if len(ws) == 0 {
		return fmt.Errorf("term %q has no word", term)
	}
	e, err := l.entry(ws[0])
	if err != nil {
		return fmt.Errorf("term %q: %w", term, err)
	}
	if t == tagWordnet && e.tags != 0 && len(ws) == 1 {
		return nil
	}
	e.add(ws[1:], t)
	return nil
}

// entry is that of a word, or of all words that begin with what is before a *.
func (l *lexicon) entry(first string) (*entry, error) {
	if p, ok := strings.CutSuffix(first, "*"); ok {
		if len(p) < 3 {
			return nil, errors.New("fewer than three letters before *")
		}
		word, bit := l.begins.at(p)
		*word |= bit
		return made(l.prefixes, p), nil
	}
	return made(l.words, network.Hash("", first)), nil
}

func made[K comparable](m map[K]*entry, k K) *entry {
	if m[k] == nil {
		m[k] = &entry{}
	}
	return m[k]
}

func (e *entry) add(rest []string, t tag) {
	if len(rest) == 0 {
		e.tags |= 1 << t
		return
	}
	for i := range e.phrases {
		if slices.Equal(e.phrases[i].rest, rest) {
			e.phrases[i].tags |= 1 << t
			return
		}
	}
	e.phrases = append(e.phrases, phrase{rest: rest, tags: 1 << t})
}

// termWords cuts a term as a text is cut, keeping * at the end of a word.
func termWords(term string) []string {
	var ws []string
	for _, part := range strings.Fields(term) {
		star := len(part) > 1 && strings.HasSuffix(part, "*")
		for _, t := range read(strings.TrimSuffix(part, "*")).tokens {
			ws = append(ws, t.s)
		}
		if star && len(ws) > 0 {
			ws[len(ws)-1] += "*"
		}
	}
	return ws
}

func (l *lexicon) sort() {
	for _, es := range []iter.Seq[*entry]{maps.Values(l.words), maps.Values(l.prefixes)} {
		for e := range es {
			slices.SortStableFunc(e.phrases, func(a, b phrase) int { return len(b.rest) - len(a.rest) })
		}
	}
}

// find appends the terms of a text to hits, leftmost and longest, in order.
func (l *lexicon) find(ts []token, hits []hit) []hit {
	for i := 0; i < len(ts); {
		h := l.at(ts, i)
		if h.tags == 0 {
			i++
			continue
		}
		hits = append(hits, h)
		i = h.to
	}
	return hits
}

// at finds the longest term beginning at token i.
func (l *lexicon) at(ts []token, i int) hit {
	h := hit{from: i, to: i + 1, sent: ts[i].sent}
	w := ts[i].s
	e := l.words[ts[i].hash]
	if e == nil {
		e = l.meant(w)
	}
	if e != nil {
		h.longest(e, ts)
	}
	for n := 3; n <= len(w) && n <= 14 && l.begins.has(w); n++ {
		if p := l.prefixes[w[:n]]; p != nil {
			h.longest(p, ts)
		}
	}
	return h
}

// longest extends h by what may begin with e, if that is longer.
func (h *hit) longest(e *entry, ts []token) {
	for _, p := range e.phrases {
		to := h.from + 1 + len(p.rest)
		if to < h.to {
			break
		}
		if !p.follows(ts, h.from+1) {
			continue
		}
		if to > h.to {
			h.tags = 0
		}
		h.tags |= p.tags
		h.to = to
		break
	}
	if h.to == h.from+1 {
		h.tags |= e.tags
	}
}

func (p phrase) follows(ts []token, i int) bool {
	if i+len(p.rest) > len(ts) {
		return false
	}
	for k, w := range p.rest {
		s := ts[i+k].s
		if s == w {
			continue
		}
		stem, ok := strings.CutSuffix(w, "*")
		if !ok || !strings.HasPrefix(s, stem) {
			return false
		}
	}
	return true
}
