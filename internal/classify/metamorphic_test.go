package classify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/runes"
	"golang.org/x/text/unicode/norm"
)

// filling is what stands in the slots of the invented texts: {name}, {doctor},
// {place}, {day}, {year}, and {he|she} for a word of either sex.
type filling map[string]string

func (f filling) fill(template string) string {
	return slot.ReplaceAllStringFunc(template, func(s string) string {
		s = s[1 : len(s)-1]
		male, female, sexed := strings.Cut(s, "|")
		if !sexed {
			return f[s]
		}
		return map[string]string{"male": male, "female": female}[f["sex"]]
	})
}

// filler is what stands in the slots of the i-th text.
func filler(i int) filling {
	f := filling{}
	for _, slot := range []string{"sex", "male", "female", "doctor", "place", "day", "year"} {
		f[slot] = word(slot, i)
	}
	f["name"] = f[f["sex"]]
	return f
}

// words fill slots, or may stand beside any comment as they say nothing of
// anybody's health.
var words = lines[map[string][]string]("testdata/metamorphic_words.jsonl")[0]

func word(kind string, i int) string { return words[kind][i%len(words[kind])] }

func lines[T any](path string) (all []T) {
	b, err := os.ReadFile(path)
	for d := json.NewDecoder(bytes.NewReader(b)); err == nil && d.More(); {
		var one T
		err = d.Decode(&one)
		all = append(all, one)
	}
	if err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	return all
}

// variant says what the i-th text says in another way. A text that it does
// not touch comes back as it was.
type variant func(s sample, i int) string

// swapped puts into each slot what the text by places further on has there;
// its sex is the other one if by is odd.
func swapped(by int, slots ...string) variant {
	return func(s sample, i int) string {
		f := filler(i)
		for _, slot := range slots {
			f[slot] = filler(i + by)[slot]
		}
		return f.fill(s.Text)
	}
}

func edited(edit func(text, lang string, i int) string) variant {
	return func(s sample, i int) string { return edit(filler(i).fill(s.Text), s.Lang, i) }
}

func rewritten(edit func(string) string) variant {
	return edited(func(s, _ string, _ int) string { return edit(s) })
}

// inLongest edits the longest word, which is mostly the telling one.
func inLongest(edit func(string) string) func(string) string {
	return func(s string) string {
		longest := slices.MaxFunc(letters.FindAllString(s, -1), func(a, b string) int { return len(a) - len(b) })
		return strings.Replace(s, longest, edit(longest), 1)
	}
}

func before(kind string) variant {
	return edited(func(s, lang string, i int) string { return word(lang+" "+kind, i) + " " + s })
}

func after(kind string) variant {
	return edited(func(s, lang string, i int) string { return ended(s) + " " + word(lang+" "+kind, i) })
}

// ended makes a sentence of a text that does not end as one.
func ended(s string) string { return unended.ReplaceAllString(s, "$0.") }

var (
	slot       = regexp.MustCompile(`\{[^{}]+\}`)
	letters    = regexp.MustCompile(`\pL+`)
	sentence   = regexp.MustCompile(`(\pL{3}[.!?]+) `)
	unended    = regexp.MustCompile(`[\pL\d]$`)
	endMark    = regexp.MustCompile(`[.!?]+$`)
	lookAlikes = strings.NewReplacer("a", "а", "c", "с", "e", "е", "i", "і", "o", "о", "p", "р", "x", "х", "y", "у")
	acute      = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú")
)

var variants = []struct {
	name string
	make variant
}{
	{"clinician swapped", swapped(4, "doctor")}, {"first name swapped", swapped(4, "name")}, {"place swapped", swapped(4, "place")},
	{"digits of dates changed", swapped(4, "day", "year")}, {"sex swapped", swapped(1, "sex", "name")},
	{"neutral sentence before", before("neutral")}, {"neutral sentence after", after("neutral")}, {"greeting in front", before("greeting")},
	{"hashtag added", after("hashtag")}, {"handle in front", rewritten(func(s string) string { return "@WillowPractice " + s })},
	{"upper case", rewritten(strings.ToUpper)}, {"lower case", rewritten(strings.ToLower)}, {"title case", rewritten(cases.Title(language.Und).String)},
	{"accents removed", rewritten(func(s string) string { return runes.Remove(runes.In(unicode.Mn)).String(norm.NFD.String(s)) })},
	{"accents decomposed", rewritten(norm.NFD.String)},
	{"accents too many in a word", edited(func(s, lang string, _ int) string {
		if lang == "en" {
			return s
		}
		return inLongest(acute.Replace)(s)
	})},
	{"emoji after", edited(func(s, _ string, i int) string { return s + " " + word("emoji", i) })},
	{"emoji amid", edited(func(s, _ string, i int) string {
		parts := strings.Split(s, " ")
		return strings.Join(slices.Insert(parts, len(parts)/2, word("emoji", i)), " ")
	})},
	{"spaces and lines around", rewritten(func(s string) string { return "\n  " + s + " \n\n" })},
	{"a line for each sentence", rewritten(func(s string) string { return sentence.ReplaceAllString(s, "$1\n") })},
	{"mark at the end doubled", rewritten(func(s string) string { return s + endMark.FindString(s) })},
	{"mark at the end dropped", rewritten(func(s string) string { return endMark.ReplaceAllString(s, "") })},
	{"another apostrophe", edited(func(s, _ string, i int) string { return strings.ReplaceAll(s, "'", word("apostrophe", i)) })},
	{"zero width in a word", rewritten(inLongest(func(w string) string { _, n := utf8.DecodeRuneInString(w); return w[:n] + "\u200b" + w[n:] }))},
	{"look-alikes in a word", rewritten(inLongest(lookAlikes.Replace))},
}

func TestVariantsKeepTheLevel(t *testing.T) {
	texts := samples(t, "testdata/metamorphic.jsonl")
	first := make([]Level, len(texts))
	var m measured
	for i, s := range texts {
		first[i] = judge(t, filler(i).fill(s.Text)).Level
		m.n[s.Level][first[i]]++
	}
	t.Logf("as written: F1 of clear %.3f, levels found %v (a row for each label)", m.f1(2), m.n)
	if m.f1(2) < .88 {
		t.Errorf("F1 of clear is %.3f, below 0.88: that levels stay says little then", m.f1(2))
	}
	all, moved := 0, 0
	log := "\nvariant                       texts   kept  moved (line:from>to)"
	for _, v := range variants {
		n, lost := v.make.try(t, texts, first)
		if n == 0 {
			t.Errorf("%s: changes no text", v.name)
		}
		log += fmt.Sprintf("\n%-28s  %5d  %.3f  %v", v.name, n, 1-float64(len(lost))/max(float64(n), 1), lost)
		all, moved = all+n, moved+len(lost)
	}
	t.Logf("the level moved in %d of %d texts%s", moved, all, log)
	if float64(moved) > .03*float64(all) {
		t.Errorf("the level moved in %d of %d texts, more than 3 %%", moved, all)
	}
}

// try counts the texts that the variant changes, and says which lines of the
// file move from which level to which.
func (v variant) try(t *testing.T, texts []sample, first []Level) (n int, moved []string) {
	for i, s := range texts {
		other := v(s, i)
		if other == filler(i).fill(s.Text) {
			continue
		}
		n++
		if is := judge(t, other).Level; is != first[i] {
			moved = append(moved, fmt.Sprintf("%d:%d>%d", i+1, first[i], is))
		}
	}
	return n, moved
}

// recalls tell how much of clear is found, by what the texts differ in.
type recalls map[string]yesNo

func (r recalls) add(group string, j Judgement) {
	y := r[group]
	y.add(true, j.Level == Clear)
	r[group] = y
}

func (r recalls) String() string {
	log := "group                texts  found  recall  95 % interval"
	for _, group := range slices.Sorted(maps.Keys(r)) {
		low, high := wilson(r[group])
		log += fmt.Sprintf("\n%-20s %5d  %5d   %.3f  %.3f to %.3f", group, r[group].yes, r[group].both, r[group].recall(), low, high)
	}
	return log
}

// wilson is the score interval that holds the true recall 95 times of 100.
func wilson(y yesNo) (low, high float64) {
	const z = 1.96
	n, p := float64(y.yes), y.recall()
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (mid - half) / (1 + z*z/n), (mid + half) / (1 + z*z/n)
}

// near fails for a group whose recall is not within 0.02 of that of all. The
// same texts come with many names, so the interval is wider than it looks.
func (r recalls) near(t *testing.T) {
	t.Logf("recall of clear\n%v", r)
	var all yesNo
	for _, y := range r {
		all.yes, all.both = all.yes+y.yes, all.both+y.both
	}
	for group, y := range r {
		if math.Abs(y.recall()-all.recall()) > .02 {
			t.Errorf("%s: recall is %.3f, not within 0.02 of %.3f", group, y.recall(), all.recall())
		}
	}
}

func TestNamesAndSexDoNotMoveTheRecall(t *testing.T) {
	peoples := lines[struct{ Group, Male, Female string }]("testdata/metamorphic_names.jsonl")
	byName, bySexOfName, bySex := recalls{}, recalls{}, recalls{}
	for i, s := range samples(t, "testdata/metamorphic.jsonl") {
		if s.Level != int(Clear) {
			continue
		}
		with := func(template, sex, name string) Judgement {
			f := filler(i)
			f["sex"], f["name"] = sex, name
			return judge(t, f.fill(template))
		}
		signed, driven := s.Text, s.Text
		if !strings.Contains(s.Text, "{name}") {
			signed += " — {name}"
		}
		if !strings.Contains(s.Text, "|") {
			driven = ended(s.Text) + " " + word(s.Lang+" driver", i)
		}
		for _, p := range peoples {
			for sex, names := range map[string]string{"male": p.Male, "female": p.Female} {
				for name := range strings.FieldsSeq(names) {
					j := with(signed, sex, name)
					byName.add(p.Group, j)
					bySexOfName.add(sex+" name", j)
				}
			}
		}
		for _, name := range words["either"] {
			bySex.add("male", with(driven, "male", name))
			bySex.add("female", with(driven, "female", name))
		}
	}
	for _, r := range []recalls{byName, bySexOfName, bySex} {
		r.near(t)
	}
}

func TestDialectsDoNotLowerTheRecall(t *testing.T) {
	standard, dialect := recalls{}, recalls{}
	for _, p := range lines[struct{ Lang, Dialect, Standard, Text string }]("testdata/metamorphic_dialects.jsonl") {
		a, b := judge(t, p.Standard), judge(t, p.Text)
		for _, group := range []string{"all", p.Lang + " " + p.Dialect} {
			standard.add(group, a)
			dialect.add(group, b)
		}
		if a.Level == Clear && b.Level != Clear {
			t.Logf("%s of %q, and clear of %q", b.Level, p.Text, p.Standard)
		}
	}
	t.Logf("recall of clear in standard words\n%v\nand in dialect\n%v", standard, dialect)
	for _, group := range slices.Sorted(maps.Keys(dialect)) {
		y := dialect[group]
		low, high := wilson(y)
		if high-low <= .04 {
			high = y.recall()
		} else {
			t.Logf("%s: %d texts are too few to tell 0.02: the upper end of the interval has to reach", group, y.yes)
		}
		if floor := standard[group].recall() - .02; high < floor {
			t.Errorf("%s: recall in dialect is %.3f (%.3f at most), below %.3f", group, y.recall(), high, floor)
		}
	}
}
