package plain

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
)

// Book is a set of word classes and of phrases made of words and classes,
// compiled from text. A line "@name: a b c*" gives a class its words ("c*" is
// every word that begins with c); a line "[topic]" opens a list of phrases;
// every other line is one phrase: words, "a|b" for either, "@name" for a
// class, "x?" for a word that may be missing, "_" for any one word, ".." for at most four words, "!x" for a word
// that is not x, "^" for the start and "?" for a question, both first only.
// What follows a "#" is a remark.
type Book struct {
	exact    map[string][]uint16
	stems    map[[2]byte][]stem
	elements map[string]uint16
	classes  map[string]uint16
	members  map[string][]string
	first    map[uint16][]*phrase
	loose    []*phrase // phrases that begin with "_" or "!x"
}

// stem is the beginning that words of a class or element share.
type stem struct {
	text string
	id   uint16
}

type phrase struct {
	topic, text     string
	steps           []step
	start, question bool
}

type step struct {
	id       uint16
	any, not bool
	gap      bool
}

// Match is a phrase found: words From up to, not including, To.
type Match struct {
	Topic    string
	Phrase   string
	From, To int
}

// NewBook returns a book without classes and phrases.
func NewBook() *Book {
	return &Book{
		exact: map[string][]uint16{}, stems: map[[2]byte][]stem{}, elements: map[string]uint16{},
		classes: map[string]uint16{}, members: map[string][]string{}, first: map[uint16][]*phrase{},
	}
}

// Load adds the classes and phrases of one text. An error names the line.
func (b *Book) Load(name, text string) error {
	topic, line := "", 0
	for sc := bufio.NewScanner(strings.NewReader(text)); sc.Scan(); {
		line++
		s, _, _ := strings.Cut(sc.Text(), "#")
		s = strings.TrimSpace(s)
		var err error
		switch {
		case s == "":
		case s[0] == '[' && strings.HasSuffix(s, "]"):
			topic = s[1 : len(s)-1]
		case s[0] == '@' && strings.Contains(s, ":"):
			class, words, _ := strings.Cut(s[1:], ":")
			b.AddClass(class, strings.Fields(words))
		case topic == "":
			err = fmt.Errorf("a phrase stands before the first [topic]")
		default:
			err = b.addPhrase(topic, s)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	return nil
}

// AddClass adds words to the class of that name.
func (b *Book) AddClass(name string, words []string) {
	id, ok := b.classes[name]
	if !ok {
		id = b.newID()
		b.classes[name] = id
	}
	b.members[name] = append(b.members[name], words...)
	for _, w := range words {
		b.addWord(w, id)
	}
}

func (b *Book) newID() uint16 {
	id := uint16(len(b.elements) + len(b.classes) + 1)
	return id
}

func (b *Book) addWord(w string, id uint16) {
	if text, ok := strings.CutSuffix(w, "*"); ok && len(text) > 1 {
		head := [2]byte{text[0], text[1]}
		b.stems[head] = append(b.stems[head], stem{text: text, id: id})
		return
	}
	b.exact[w] = append(b.exact[w], id)
}

// addPhrase adds a phrase, and when it has a word that may be missing ("x?"),
// the phrase without it too.
func (b *Book) addPhrase(topic, s string) error {
	fields := strings.Fields(s)
	for i, f := range fields {
		if word, ok := strings.CutSuffix(f, "?"); ok && word != "" {
			without := slices.Delete(slices.Clone(fields), i, i+1)
			if err := b.addPhrase(topic, strings.Join(without, " ")); err != nil {
				return err
			}
			fields[i] = word
		}
	}
	p := &phrase{topic: topic, text: s}
	for i, f := range fields {
		switch {
		case i == 0 && f == "^":
			p.start = true
			continue
		case f == "?" && len(p.steps) == 0:
			p.question = true
			continue
		}
		st, err := b.step(f)
		if err != nil {
			return err
		}
		p.steps = append(p.steps, st)
	}
	if len(p.steps) == 0 || p.steps[0].gap || p.steps[len(p.steps)-1].gap {
		return fmt.Errorf("%q: a phrase begins and ends with a word", s)
	}
	if head := p.steps[0]; head.any || head.not {
		b.loose = append(b.loose, p)
	} else {
		b.first[head.id] = append(b.first[head.id], p)
	}
	return nil
}

func (b *Book) step(f string) (step, error) {
	if f == ".." {
		return step{gap: true}, nil
	}
	if f == "_" {
		return step{any: true}, nil
	}
	rest, not := strings.CutPrefix(f, "!")
	if id, ok := b.elements[rest]; ok {
		return step{id: id, not: not}, nil
	}
	if class, ok := strings.CutPrefix(rest, "@"); ok && !strings.Contains(rest, "|") {
		id, known := b.classes[class]
		if !known {
			return step{}, fmt.Errorf("there is no class @%s above", class)
		}
		return step{id: id, not: not}, nil
	}
	id := b.newID()
	b.elements[rest] = id
	for _, w := range strings.Split(rest, "|") {
		if class, ok := strings.CutPrefix(w, "@"); ok {
			if _, known := b.classes[class]; !known {
				return step{}, fmt.Errorf("there is no class @%s above", class)
			}
			for _, m := range b.members[class] {
				b.addWord(m, id)
			}
			continue
		}
		b.addWord(w, id)
	}
	return step{id: id, not: not}, nil
}
