package length

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"
)

// The configurations that twitter-text's cases were made for besides version 3:
// the first, of 140 characters, and the second, which knew no emoji.
var (
	version1 = rules{max: 140, weight: 100, linkSize: 23}
	version2 = rules{max: Max, weight: 200, linkSize: 23, light: version3.light}
)

// truth reads what X publishes with twitter-text.
func truth(t *testing.T, name string, cases string) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../../../../shared/data/truth/" + name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped %s of twitter-text: %v", cases, err)
	}
	return raw
}

func TestConfigurationIsXs(t *testing.T) {
	var c struct {
		MaxWeightedTweetLength, Scale, DefaultWeight, TransformedURLLength int
		EmojiParsingEnabled                                                bool
		Ranges                                                             []struct{ Start, End, Weight int }
	}
	if err := json.Unmarshal(truth(t, "twitter-text-v3.json", "1 configuration"), &c); err != nil {
		t.Fatal(err)
	}
	r := version3
	if c.MaxWeightedTweetLength != r.max || c.Scale != scale || c.DefaultWeight != r.weight || c.TransformedURLLength != r.linkSize ||
		c.EmojiParsingEnabled != r.emoji || len(c.Ranges) != len(r.light) {
		t.Errorf("X says %+v", c)
	}
	for i, s := range c.Ranges {
		if s.Start != r.light[i].from || s.End != r.light[i].to || s.Weight != lightWeight {
			t.Errorf("X says %+v", s)
		}
	}
}

// conformance are twitter-text's cases about length and links. Those about
// names of users, lists and hashtags are not ours.
type conformance struct {
	Tests struct {
		Tweets   []verdict
		URLs     []verdict
		Bare     []verdict `yaml:"urls_without_protocol"`
		Weighted []counted `yaml:"WeightedTweetsCounterTest"`
		Emoji    []counted `yaml:"WeightedTweetsWithDiscountedEmojiCounterTest"`
		Marks    []counted `yaml:"UnicodeDirectionalMarkerCounterTest"`
	}
}

type verdict struct {
	Description, Text string
	Expected          bool
}

type counted struct {
	Description, Text string
	Expected          struct {
		WeightedLength  int `yaml:"weightedLength"`
		Valid           bool
		Permillage      int
		DisplayRangeEnd int `yaml:"displayRangeEnd"`
	}
}

func TestTwitterText(t *testing.T) {
	var c conformance
	if err := yaml.Unmarshal(truth(t, "twitter-text-validate.yml", "81 cases"), &c); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range c.Tests.Tweets {
		n++
		if got := version1.accepts(v.Text); got != v.Expected {
			t.Errorf("%s: accepted %v", v.Description, got)
		}
	}
	for _, v := range append(c.Tests.URLs, c.Tests.Bare...) {
		n++
		found := links([]rune(v.Text))
		whole := len(found) == 1 && found[0] == span{0, len([]rune(v.Text))}
		if v.Expected && !HasLink(v.Text) || !v.Expected && whole {
			t.Errorf("%s: found %v", v.Description, found)
		}
	}
	for _, v := range c.Tests.Bare {
		if found := links([]rune(v.Text)); len(found) != 1 || found[0].to != len(v.Text) {
			t.Errorf("%s: found %v", v.Description, found)
		}
	}
	for _, set := range []struct {
		rules
		cases []counted
	}{{version2, c.Tests.Weighted}, {version3, c.Tests.Emoji}, {version3, c.Tests.Marks}} {
		for _, v := range set.cases {
			n++
			set.compare(t, v)
		}
	}
	if n != 81 {
		t.Errorf("%d cases were compared", n)
	}
}

func (r rules) compare(t *testing.T, v counted) {
	t.Helper()
	got, valid, want := r.count(v.Text), r.accepts(v.Text), v.Expected
	if got != want.WeightedLength || valid != want.Valid || got*1000/r.max != want.Permillage {
		t.Errorf("%s: %d (%v), want %+v", v.Description, got, valid, want)
	}
	if n := len(utf16.Encode([]rune(v.Text))) - 1; n != want.DisplayRangeEnd {
		t.Errorf("%s: read %d units, of %d", v.Description, n, want.DisplayRangeEnd)
	}
}

func TestCount(t *testing.T) {
	for text, want := range map[string]int{
		"":                                 0,
		"Please call our office.":          23,
		"❤️":                               2,
		"☎":                                2,
		"©":                                1,
		"©️":                               2,
		"5️⃣":                              2,
		"5 of #1 *":                        9,
		"🇺🇸🇲🇽":                             4,
		"👩🏽‍⚕️ calls":                      8,
		"👨‍👩‍👧‍👦‍":                         3, // a joiner that joins nothing counts
		"👦\u200da":                         4, // one that joins no picture, too
		"cedar-clinic.com@home":            21,
		"É":                                1,
		"我們":                               4,
		"see cedar.example.":               18, // no such top-level domain
		"see cedar-clinic.com.":            28,
		"see cedar-clinic.com/a_(b).":      28,
		"see cedar-clinic.com:80/?a=b&c. ": 29,
		"see https://cedar-clinic.com/a%20b?x=1!":   28,
		"office@cedar-clinic.com":                   23, // an address of mail is no link, and as long as one here
		"frontoffice@cedar-clinic.com":              28,
		"#cedar-clinic.com":                         17,
		"ftp://cedar-clinic.com":                    22,
		"our hours are 9.30 to 5.45":                26,
		"call 555-0100.Thank you":                   23,
		"http://xn--fsq.xn--0zwm56d/a":              23,
		"http://例子.中国です":                            27,
		strings.Repeat("a", 64) + ".com":            68,
		"(cedar-clinic.com)":                        25,
		"cedar-clinic.com,cedar-clinic.org":         47,
		"a/cedar-clinic.com/x,cedar-clinic.org":     37,
		"http://" + strings.Repeat("a.", 9) + "com": 23,
	} {
		if got := Count(text); got != want {
			t.Errorf("%q counts %d, want %d", text, got, want)
		}
	}
}

func TestHasLink(t *testing.T) {
	for text, want := range map[string]bool{
		"Please send us a private message.":             false,
		"We are at 12.5 Main St.":                       false,
		"Call 555-0100 or mail office@cedar-clinic.com": false,
		"see cedar-clinic.com":                          true,
		"see HTTP://192.168.0.1/":                       true,
		"see https://localhost/x":                       true,
	} {
		if got := HasLink(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAccepted(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "ok": true, strings.Repeat("a", 280): true, strings.Repeat("a", 281): false, "a\uFFFEb": false,
	} {
		if got := Accepted(text); got != want {
			t.Errorf("%d bytes: %v", len(text), got)
		}
	}
}

func FuzzCount(f *testing.F) {
	f.Add("see https://cedar-clinic.com/a(b)c?d=e 👩🏽‍⚕️ 1️⃣")
	f.Fuzz(func(t *testing.T, text string) {
		if n := Count(text); n < 0 || n > 23*len(text) {
			t.Errorf("%q counts %d", text, n)
		}
		HasLink(text)
	})
}

// A text is counted in time that grows with its length only.
func TestHostileTextsAreCountedSoon(t *testing.T) {
	for _, piece := range []string{"a.", "a.com ", "例.", "http://", "a.com/((", "👩‍", "中"} {
		done := make(chan int, 1)
		go func() { done <- Count(strings.Repeat(piece, 20000)) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("%q takes too long", piece)
		}
	}
}
