package cases

import (
	"strings"
	"testing"

	"triage/internal/ingest"
)

// looks writes pieces down: [what is special|how].
func looks(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.As == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString("[" + p.Text + "|" + p.As + "]")
	}
	return b.String()
}

func TestPiecesAsThePlatformShowsThem(t *testing.T) {
	short := ingest.Capabilities{MaxReply: 10}
	cut := ingest.Capabilities{Display: ingest.Display{Link: 12}}
	for _, tt := range []struct {
		text string
		caps ingest.Capabilities
		want string
	}{
		{"Thank you.\nPlease call.", ingest.Capabilities{}, "Thank you.\nPlease call."},
		{"See https://cedar.example/talk.", ingest.Capabilities{}, "See [https://cedar.example/talk|link]."},
		{"See https://cedar.example/talk, or call.", cut, "See [cedar.exampl…|link], or call."},
		{"http://a.example", cut, "[a.example|link]"},
		{"0123456789", short, "0123456789"},
		{"0123456789é too", short, "0123456789[é too|over]"},
		{"01234567 https://a.example", short, "01234567 h[ttps://a.example|over]"},
		{"a\u202eb", ingest.Capabilities{}, "a[[right-to-left forced]|sign]b"},
		{"z" + strings.Repeat("\u0336", 50), ingest.Capabilities{}, "z" + strings.Repeat("\u0336", 4)},
		{"", ingest.Capabilities{MaxReply: 1}, ""},
	} {
		if got := looks(pieces(ingest.Reply, tt.text, tt.caps)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// What fits is as much as the platform counts, however it counts.
func TestFittingFollowsThePlatformsOwnCount(t *testing.T) {
	bytes := ingest.Capabilities{MaxReply: 7, MaxPrivate: 3, Length: func(s string) int { return len(s) }}
	for _, tt := range []struct {
		kind ingest.ActionKind
		text string
		want int
	}{
		{ingest.Reply, "ééé1éé", 7}, {ingest.Reply, "ééééé", 6}, // not in the middle of a character
		{ingest.Private, "abcd", 3}, {ingest.Reply, "ab", 2},
	} {
		if got := fitting(tt.kind, tt.text, bytes); got != tt.want {
			t.Errorf("%s %q: %d bytes, want %d", tt.kind, tt.text, got, tt.want)
		}
	}
}

func TestThePreviewNamesWhoIsAnswered(t *testing.T) {
	english.Practice = "Cedar"
	x := ingest.Capabilities{Name: "X", Display: ingest.Display{Mention: true, Note: "A note."}}
	for author, want := range map[string]string{"": "@…", "pat": "@pat", "@pat": "@pat"} {
		if got := english.preview(ingest.Reply, "a", author, x); got.Mention != want || got.By != "Cedar" || got.Where != "X" || got.Note != "A note." {
			t.Errorf("%q: %+v", author, got)
		}
	}
	if got := english.preview(ingest.Private, "a", "pat", x); got.Mention != "" || got.Note != "" {
		t.Errorf("a private message: %+v", got)
	}
}
