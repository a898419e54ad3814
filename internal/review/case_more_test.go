package review

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// fmtTag names how far a case went, as its page does.
func fmtTag(c respond.Case) string { return fmt.Sprintf("%d %s", c.Step(), c.State()) }

func TestPrivateOnlyAndApproveAndHide(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"c1", "c2", "c3"} {
		w.add(t, id, respond.LaneClear, canaryText)
	}
	b := w.as(t, "rita")
	form := []string{"step", "1", "reply", "We hope " + unsafeWords + " went well.", "private_text", safeReply}
	b.get("/cases/c1").see(t, 200, `name="do" value="hide" data-key="h"`, `name="do" value="private" data-key="p"`)
	if got := b.post("/cases/c1/approve", append(form, "do", "private")...); got.status != http.StatusSeeOther {
		t.Fatalf("private only: %d %s", got.status, main(got.body))
	}
	c, _ := w.cases.Get(t.Context(), "c1")
	if len(c.Actions) != 1 || c.Actions[0].Kind != ingest.Private {
		t.Errorf("private only: %+v", c.Actions)
	}
	b.post("/cases/c2/approve", "step", "1", "reply", safeReply, "do", "hide").see(t, http.StatusUnprocessableEntity, "Hiding needs a privacy reason", `name="hide" value="yes" checked`, safeReply)
	b.post("/cases/c2/approve", "step", "1", "reply", safeReply, "do", "hide", "reason", "identifier")
	b.get("/cases/c2").see(t, 200, "Hiding the comment", "The reason: it carries a phone number, address, full name or the like.", "Hidden because it carries a phone number")
	b.post("/cases/c3/approve", "step", "1", "reply", safeReply, "private_text", refusedReply, "do", "private").
		see(t, http.StatusUnprocessableEntity, "The private message is stopped by “hope your surgery went well”", safeReply)
}

// Without JavaScript the page says on demand how a text would look, and puts in
// another wording.
func TestLookingWithoutJavaScript(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	before := w.cases.wrote
	b.post("/cases/c1/look", "step", "1", "reply", refusedReply, "private", "yes", "private_text", "kept words").
		see(t, 200, "The reply is stopped by “hope your surgery went well”", "kept words</textarea>", `<span class="text" lang="en">We hope your surgery went well.`)
	got := b.post("/cases/c1/look", "step", "1", "reply", refusedReply, "wording", "1")
	got.see(t, 200, "safe to publish").lacks(t, unsafeWords)
	for _, n := range []string{"99", "-1", "x"} {
		b.post("/cases/c1/look", "step", "1", "wording", n).see(t, http.StatusBadRequest)
	}
	if w.cases.wrote != before {
		t.Error("looking wrote")
	}
}

func TestTheConversation(t *testing.T) {
	w := newWorld(t)
	thread(t, w)
	w.add(t, "alone", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	got := b.get("/cases/talk-2").see(t, 200, "In the same conversation", "It answers a reply of ours.", "We have answered 1 comment here.",
		`href="/cases/talk-1"`, "60 minutes ago, answered", "3 hours ago, waiting", "And 3 more comments here.")
	got.lacks(t, `href="/cases/talk-2"`, `href="/cases/talk-9"`)
	b.get("/cases/talk-3").see(t, 200, "We have answered 1 comment here.").lacks(t, "It answers")
	b.get("/cases/alone").lacks(t, "In the same conversation")
}

func TestMayWeReplyIsOneBlock(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	w.add(t, "c2", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Comment.PrivateUntil, c.Comment.CanHide, c.Comment.NoReply = w.now.Add(-time.Hour), false, true
	})
	b := w.as(t, "rita")
	b.get("/cases/c1").see(t, 200, "May we reply?", "<dt>Public reply</dt><dd><b>Yes</b></dd>", "<b>Yes, for 6 d 22 h, then Facebook closes it</b>", "<b>Yes, with a privacy reason</b>")
	b.get("/cases/c2").see(t, 200, "<dt>Public reply</dt><dd><b>By hand</b> <span>The platform takes no reply to this from a program",
		"<dt>Private message</dt><dd><b>No</b> <span>A private message is not possible any more", "<dt>Hiding it</dt><dd><b>No</b> <span>Facebook does not let us hide this comment.")
	b.post("/cases/c1/dismiss", "step", "1")
	b.get("/cases/c1").lacks(t, "May we reply?")
}

func TestThePreviewIsThePlatforms(t *testing.T) {
	w := newWorld(t)
	short := hand{kinds: []ingest.ActionKind{ingest.Reply}, limit: 20, display: ingest.Display{Mention: true, Link: 8, Note: "A note on the platform."}}
	w.opts.Desk.Accounts["short"] = respond.Account{Actor: short, Lang: "en"}
	w.add(t, "c1", respond.LaneClear, canaryText, func(c *respond.Case) { c.Comment.Account = "short" })
	b := w.as(t, "rita")
	b.get("/cases/c1").see(t, 200, "How it will look on Facebook", `<p class="by"><bdi>Cedar Family Practice</bdi></p>`, `<bdi class="at">@…</bdi>`, "A note on the platform.", "30 too many", `class="over"`).
		lacks(t, canaryAuthor)
	b.post("/cases/c1/reveal")
	b.get("/cases/c1").see(t, 200, `<bdi class="at">@`+canaryAuthor)
	b.post("/cases/c1/check", "kind", "reply", "text", "https://cedar.example/").see(t, 200,
		`"preview":[{"text":"cedar.ex…","as":"link"}`, `"over":true`, `"left":"2 too many"`, `"stops":"`)
}

// Whoever goes on to the next case has the one before still at hand.
func TestTheLastDecisionIsAtHand(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"c1", "c2"} {
		w.add(t, id, respond.LaneClear, canaryText)
	}
	b := w.as(t, "rita")
	b.post("/cases/c1/approve", "step", "1", "reply", safeReply)
	b.get("/cases/c1").see(t, 200, `id="bar"`, "Goes out in 60 seconds.", `action="/cases/c1/undo"`, `href="/cases/c2"`, "Next case")
	w.now = w.now.Add(20 * time.Second)
	b.get("/cases/c2").see(t, 200, "Before: Clear disclosure, Facebook.", "Goes out in 40 seconds.", `action="/cases/c1/undo"`)
	w.as(t, "otto").get("/cases/c2").lacks(t, `id="bar"`)
	b.post("/cases/c1/undo")
	b.get("/cases/c2").lacks(t, `id="bar"`)
	b.post("/cases/c1/dismiss", "step", "3")
	b.get("/cases/c2").see(t, 200, "Decided: nothing is to be said.")
	w.now = w.now.Add(11 * time.Minute)
	b.get("/cases/c2").lacks(t, `id="bar"`)
	b.get("/cases/c1").see(t, 200, `id="bar"`, "Undo")
	w.as(t, "vic").get("/cases/c1").lacks(t, "Undo")
}

func TestTheSampleGoesOnByItself(t *testing.T) {
	w := newWorld(t)
	sampled(t, w, "s1", "s2")
	b := w.as(t, "rita")
	b.post("/cases/s1/reveal")
	b.get("/cases/s1").see(t, 200, `name="level" value="none"><button class="main long" data-key="n"`, `data-key="y"`)
	if got := b.post("/cases/s1/label", "level", "none"); got.location != "/cases/s2" {
		t.Errorf("sent to %s", got.location)
	}
	b.get("/cases/s2").see(t, 200, "Before: Weekly sample, Facebook.", "Saved: it was rightly not flagged.", `action="/cases/s1/undo"`)
	if got := b.post("/cases/s2/label", "level", "none"); got.location != "/cases/s2" {
		t.Errorf("after the last one sent to %s", got.location)
	}
}

// A note, a title and a preview are as harmless to look at as a comment.
func TestHostileTextsOfOursAreInert(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, "Hello.")
	evil := `<script>alert(1)</script>"><img src=x onerror=alert(2)>` + "\u202e" + "z" + strings.Repeat("\u0336", 400)
	w.texts.texts["c1.note.x"] = ingest.Content{Text: evil}
	c, _ := w.cases.Get(t.Context(), "c1")
	c.Notes = []respond.Note{{At: w.now, By: "otto", Text: "c1.note.x"}}
	if _, err := w.cases.Update(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	b := w.as(t, "rita")
	for _, got := range []answer{b.get("/cases/c1"), b.post("/cases/c1/look", "step", "1", "reply", evil)} {
		got.see(t, 200, "&lt;script&gt;alert(1)", "[right-to-left forced]")
		shown, _, _ := strings.Cut(got.body, "<textarea")
		_, after, _ := strings.Cut(got.body, `class="preview"`)
		for _, part := range []string{shown, after[:strings.Index(after, "</figure>")]} {
			if strings.ContainsAny(part, "\u202e") || strings.Count(part, "\u0336") > 4 {
				t.Error("a text turns the line around or climbs out of it")
			}
		}
		got.lacks(t, "<img", "<script>alert")
	}
}
