package plain

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRead: disguised words are read as what they say, and keep their place.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"Your VISIT": "your visit",
		"vísit":      "visit",
		"Ｖｉｓｉｔ 𝓿𝓲𝓼𝓲𝓽 ⓥⓘⓢⓘⓣ 🅥🅘🅢🅘🅣": "visit visit visit visit",
		"v​isit":                              "visit",
		"vіsіt":                               "visit",
		"v1s1t 7um0r":                         "visit tumor",
		"v i s i t":                           "visit",
		"y o u r  v i s i t":                  "your visit",
		"v.i.s.i.t.":                          "visit",
		"Call (503) 555-0142 by 3 p.m. today": "call 5035550142 by 3 p m today",
		"the 20th at 4pm":                     "the 20 th at 4 pm",
		"see cedar.example/talk, please":      "see cedar.example/talk please",
		"b12 and covid19 in room 4B":          "b12 and covid19 in room 4 b",
		"Dr. Lee isn’t in":                    "dr lee isn't in",
	} {
		var got []string
		for _, w := range Read(text).Words {
			if w.Kind != Mark {
				got = append(got, w.Text)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is read as %q, want %q", text, s, want)
		}
	}
}

func TestReadSentences(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "One": 1, "One. Two! Three?": 3, "Dr. Lee is in.": 1, "At 3 p.m. we close.": 1, "2.5 hours... or more": 2, "a\nb": 2,
	} {
		if got := Read(text).Sentences; got != want {
			t.Errorf("%q has %d sentences, want %d", text, got, want)
		}
	}
}

func TestReadHidden(t *testing.T) {
	for text, want := range map[string]int{"a​b": 1, "❤️ 👩‍⚕️ 1️⃣": 0, "a\xff": 1, "a‮b": 1, "tab\tline\n": 0, "a\x00b": 1, "z̃": 0, "z̶̷̸̀": 2} {
		if got := Read(text).Hidden; len(got) != want {
			t.Errorf("%q has hidden %v, want %d", text, got, want)
		}
	}
}

func TestBookRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a phrase":          "before the first",
		"[x]\n@nobody says": "no class @nobody",
		"[x]\n.. word":      "begins and ends",
		"[x]\na|@none b":    "no class @none",
	} {
		err := NewBook().Load("words", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestBookMatches(t *testing.T) {
	b := NewBook()
	if err := b.Load("words", "@care: visit* exam\n[t]\nyour @care # a remark\n^ take _\n? how old\nsee .. you\nlate so? far\nno !@care"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"So your visits ended":               "your visits",
		"Take two":                           "Take two",
		"Please take two":                    "",
		"how old is it?":                     "how old",
		"how old it is":                      "",
		"we see all of you":                  "see all of you",
		"we see one two three four five you": "",
		"late far":                           "late far",
		"late so far":                        "late so far",
		"no visit":                           "",
		"no rush":                            "no rush",
		"your. visit":                        "",
	} {
		r := b.Read(Read(text))
		var got []string
		for _, m := range r.Matches() {
			got = append(got, text[r.Words[m.From].Start:r.Words[m.To-1].End])
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q matches %q, want %q", text, s, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Your v1s1t, 555-0142 a.b@c.example 3 p.m. v i s i t")
	f.Add("\xff​е🇺🇸")
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range Read(s).Words {
			if w.Start < 0 || w.End > len(s) || w.Start >= w.End || w.Text == "" {
				t.Fatalf("%q: word %+v", s, w)
			}
			for i := range len(w.Text) {
				if w.Text[i] >= utf8.RuneSelf {
					t.Fatalf("%q: word %+v is not plain", s, w)
				}
			}
		}
	})
}
