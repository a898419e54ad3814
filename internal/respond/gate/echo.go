package gate

import (
	"triage/internal/classify/lexicon"
	"triage/internal/respond/gate/plain"
)

// remember marks what repeats the comment.
func (p *page) remember(s *state) {
	if p.out.Comment == "" || len(s.reply.Tokens) == 0 {
		return
	}
	s.known.empty()
	var matters lexicon.Tags
	c := &s.comment
	for i := range c.Tokens {
		tags := lexicon.Tags(c.InputTags(i)) & lexicon.Medical
		matters |= tags
		if w := c.Tokens[i].Word; len(w) > 3 && !c.Tokens[i].Mark {
			s.known.add(w, tags != 0)
		}
	}
	if matters != 0 {
		s.more[0] |= tagAbout
	}
	for i := range s.reply.Tokens {
		t := &s.reply.Tokens[i]
		if t.Mark || len(t.Word) < 3 {
			continue
		}
		if lexicon.Tags(s.reply.InputTags(i))&matters != 0 {
			s.more[i] |= tagLike
		}
		if medical, same := s.known.has(t.Word, p.words); medical {
			s.more[i] |= tagMedical
		} else if same {
			s.more[i] |= tagSame
		}
	}
}

// wordSet is a set of words by how they begin, for those that may have the stem
// of another to be found without every stem.
type wordSet struct {
	by      map[[3]byte]int // the last of those that begin so, counted from 1
	words   []heard
	numbers map[string]bool
}

// heard is a word, whether it is a medical one, and the one before it that begins
// as it does.
type heard struct {
	word    string
	medical bool
	before  int
}

func newWordSet() wordSet { return wordSet{by: map[[3]byte]int{}, numbers: map[string]bool{}} }

func (s *wordSet) empty() {
	clear(s.by)
	clear(s.words) // they hold on to a text
	s.words = s.words[:0]
}

func (s *wordSet) add(word string, medical bool) {
	if len(word) < 3 || len(word) > longestStem {
		return
	}
	key := [3]byte([]byte(word[:3]))
	s.words = append(s.words, heard{word, medical, s.by[key]})
	s.by[key] = len(s.words)
}

// has reports whether a word with the same stem is in the set.
func (s *wordSet) has(word string, in *tongue) (medical, same bool) {
	if len(word) < 3 || len(word) > longestStem {
		return false, false
	}
	stem := ""
	for i := s.by[[3]byte([]byte(word[:3]))]; i > 0; i = s.words[i-1].before {
		h := s.words[i-1]
		if h.word != word {
			if stem == "" {
				stem = in.stem(word)
			}
			if in.stem(h.word) != stem {
				continue
			}
		}
		same, medical = true, medical || h.medical
	}
	return medical, same
}

// compare marks the words that repeat the comment, or speak of the same
// medical matter in other words.
func (p *page) compare() {
	if p.out.Comment == "" {
		return
	}
	c := p.words.book.Read(plain.Read(p.out.Comment))
	said, likes, medical := newWordSet(), make([]bool, len(p.words.likes)), false
	for i, w := range c.Words {
		for _, id := range c.IDs(i) {
			if p.words.likes[id] {
				likes[id] = true
			}
		}
		med := c.In(i, "strong") || c.In(i, "soft") || c.In(i, "body") || w.Kind == plain.Letters && p.words.technical[w.Text]
		medical = medical || med
		switch {
		case med:
			said.add(w.Text, true)
		case w.Kind == plain.Number || c.In(i, "number-word"):
			said.numbers[number(w.Text)] = true
		}
	}
	for i := range p.Words {
		p.echo[i] = p.repeat(i, &said, likes, medical)
	}
}

// repeat says how word i repeats the comment: "same" for a medical word of the
// comment, "number" for a number beside a medical matter, "like" for another
// word of the same matter, or "".
func (p *page) repeat(i int, said *wordSet, likes []bool, medical bool) string {
	switch p.labels[i] {
	case "STRONG", "BODY", "SOFT":
		if _, same := said.has(p.Words[i].Text, p.words); same {
			return "same"
		}
	case "NUM", "NUMBER-WORD":
		if medical && said.numbers[number(p.Words[i].Text)] {
			return "number"
		}
	}
	for _, id := range p.IDs(i) {
		if medical && likes[id] {
			return "like"
		}
	}
	return ""
}
