package chat

import (
	"net/http"
	"strings"
	"testing"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var teamsRow = conform.Kind{Name: "teams", Longest: 28 << 10, Frame: []string{"Open:", "On-call page"}, Start: conform.OverHTTP{
	Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Teams{URL: base + "/workflows/x/triggers/manual/paths/invoke?api-version=1&sig=" + conform.SecretCanary}, o)
	},
	Take: takeTeams,
}.Start}

type teamsAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// teamsSent is what the workflow's template reads, by the schema of Adaptive Cards 1.4.
type teamsSent struct {
	Type        string `json:"type"`
	Attachments []struct {
		ContentType string `json:"contentType"`
		ContentURL  any    `json:"contentUrl"`
		Content     struct {
			Schema  string `json:"$schema"`
			Type    string `json:"type"`
			Version string `json:"version"`
			Body    []struct {
				Type    string `json:"type"`
				Inlines []struct {
					Type   string       `json:"type"`
					Text   string       `json:"text"`
					Weight string       `json:"weight"`
					Select *teamsAction `json:"selectAction"`
				} `json:"inlines"`
			} `json:"body"`
			Actions []teamsAction `json:"actions"`
		} `json:"content"`
	} `json:"attachments"`
}

func takeTeams(t testing.TB, w http.ResponseWriter, r conform.Request) (said []string) {
	conform.Asked(t, r, "/workflows/x/triggers/manual/paths/invoke")
	if len(r.Body) > 28<<10 {
		t.Errorf("%d bytes", len(r.Body))
	}
	if r.URL.Query().Get("sig") != conform.SecretCanary {
		t.Error("the signature was lost")
	}
	var m teamsSent
	conform.Strictly(t, r.Body, &m)
	if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		t.Fatalf("no message with a card: %s", r.Body)
	}
	c := m.Attachments[0].Content
	if c.Type != "AdaptiveCard" || c.Version != "1.4" || c.Schema != "http://adaptivecards.io/schemas/adaptive-card.json" || len(c.Body) == 0 || len(c.Actions) > 6 {
		t.Errorf("no card: %s", r.Body)
	}
	for _, block := range c.Body {
		if block.Type != "RichTextBlock" || len(block.Inlines) != 1 || block.Inlines[0].Type != "TextRun" {
			t.Errorf("a block that may hold markup: %+v", block)
		}
		said = append(said, block.Inlines[0].Text)
	}
	for _, a := range c.Actions {
		if a.Type != "Action.OpenUrl" || !strings.HasPrefix(a.URL, "https://") {
			t.Errorf("an action %+v", a)
		}
		title, ours := strings.CutPrefix(a.Title, "Open: ")
		if !ours && title != "On-call page" {
			t.Errorf("a button %q", a.Title)
		}
		said = append(said, title)
	}
	w.WriteHeader(http.StatusAccepted)
	return said
}

func TestTeamsMarkupIsOnlyText(t *testing.T) {
	if got := teamsRow.Tell(t, conform.Hostile("")); !strings.Contains(got, `*b* _i_ [a](https://x.example)`) {
		t.Errorf("people read %q", got)
	}
}

func TestTeamsButtons(t *testing.T) {
	n := conform.Notice("", conform.Message(alert.New, alert.Page, 1), conform.Message(alert.New, alert.Page, 2))
	got := cardOf(n, longestTeams).Attachments[0].Content.Actions
	want := []openURL{
		{"Action.OpenUrl", "Open: somebody may need help now, matter 1", "https://desk.example.org/cases/k1"},
		{"Action.OpenUrl", "Open: somebody may need help now, matter 2", "https://desk.example.org/cases/k2"},
		{"Action.OpenUrl", "On-call page", "https://desk.example.org/on-call"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d buttons", len(got))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v", i, got[i])
		}
	}
}
