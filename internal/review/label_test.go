package review

import (
	"net/http"
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/respond"
)

func TestSayingWhatItIs(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	const form = `action="/cases/c1/label"`
	b.get("/cases/c1").lacks(t, form) // of words that she does not see
	b.post("/cases/c1/reveal")
	b.get("/cases/c1").see(t, 200, form, `value="clear" required checked`, "Were we wrong")
	for _, level := range []string{"", "some", "2"} {
		b.post("/cases/c1/label", "level", level).see(t, http.StatusBadRequest, "did not arrive whole")
	}
	if got := b.post("/cases/c1/label", "level", "possible", "urgent", "yes"); got.status != http.StatusSeeOther || got.location != "/cases/c1" {
		t.Fatalf("label: %d %s", got.status, got.body)
	}
	b.get("/cases/c1").see(t, 200, "rita said what it is: possible, urgent.", `value="possible" required checked`, `name="urgent" value="yes" checked`, "Approve")
	c, err := w.cases.Get(t.Context(), "c1")
	if err != nil || c.Label == nil || c.Label.Level != classify.Possible || !c.Label.Urgent || c.Label.Identifier || c.Label.By != "rita" {
		t.Errorf("labelled %+v, %v", c.Label, err)
	}
	w.as(t, "vic").post("/cases/c1/label", "level", "none").see(t, http.StatusForbidden)
	// Nobody's decision is overtaken by that.
	if got := b.post("/cases/c1/approve", "step", "1", "reply", safeReply); got.status != http.StatusSeeOther {
		t.Errorf("approve: %d", got.status)
	}
	w.add(t, "c2", respond.LaneRoutine, canaryText, func(c *respond.Case) { c.Judgement = classify.Judgement{WhyNot: classify.NotMode} })
	b.post("/cases/c2/reveal")
	b.get("/cases/c2").lacks(t, `action="/cases/c2/label"`)
	b.post("/cases/c2/label", "level", "none").see(t, http.StatusUnprocessableEntity, "cannot be labelled")
}

func TestTheWeeklySampleIsQuiet(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, "rita")
	b.get("/").lacks(t, "picked at random")
	picked := func(c *respond.Case) {
		c.Sampled, c.Judgement, c.Suggestion = "2026-02-23", classify.Judgement{Judged: true, Lang: "en"}, nil
	}
	for _, id := range []string{"s1", "s2"} {
		w.add(t, id, respond.LaneSample, canaryText, picked)
	}
	queue := b.get("/")
	queue.see(t, 200, `<b data-count="waiting">0</b>`, "Nothing needs you", "picked at random: 2 comments.", `href="/?lane=sample"`)
	queue.lacks(t, `href="/cases/s1"`)
	b.get("/?lane=sample").see(t, 200, `href="/cases/s1"`, `href="/cases/s2"`, "Weekly sample")
	b.get("/cases/s1").see(t, 200, "Should this have been flagged?", "Reveal the comment first", "picked at random", `rel="next"`, `href="/cases/s2"`)
	b.get("/cases/s1").lacks(t, "Approve", "Not sensitive", "What we would say", `action="/cases/s1/label"`)
	w.as(t, "vic").get("/cases/s1").see(t, 200, "may look, not decide")
	for _, id := range []string{"s1", "s2"} {
		b.post("/cases/" + id + "/reveal")
		page := b.get("/cases/" + id)
		page.see(t, 200, `action="/cases/`+id+`/label"`)
		if strings.Contains(page.body, " required checked") {
			t.Error("an answer is given before")
		}
	}
	b.post("/cases/s1/label", "level", "none")
	b.get("/cases/s1").see(t, 200, "rita said what it is: none.", "Undo")
	b.post("/cases/s2/label", "level", "clear")
	b.get("/cases/s2").see(t, 200, "Clear disclosure", "Approve", "should have been here: Clear disclosure", "picked at random")
	queue = b.get("/")
	queue.see(t, 200, `<b data-count="waiting">1</b>`, `href="/cases/s2"`, "Decided today: nothing yet")
	queue.lacks(t, "picked at random")
}
