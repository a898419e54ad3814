package respond_test

import (
	"context"
	"testing"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// What the practice published is held against the rules beside the comment that it
// answers, also where that has no case and its words are still kept.
func TestOwnBesideACommentWithoutACase(t *testing.T) {
	const said, beside = "Dr. Ruiz delivered my twins in May", "Thank you. Twins are wonderful! Please call our office."
	for words, want := range map[string]bool{said: true, "": false} {
		w := newWorld(t)
		comment := w.Comment("c1", said)
		w.Kept = func(_ context.Context, id string) (ingest.Content, error) {
			if id != comment.ID || words == "" {
				return ingest.Content{}, respond.ErrGone
			}
			return ingest.Content{Text: words}, nil
		}
		own := w.Own("r1", "c1", beside)
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		_, err := w.Cases.Get(t.Context(), own.ID)
		if (err == nil) != want {
			t.Errorf("the comment's words kept: %v; a case to take it down: %v", words != "", err == nil)
		}
	}
}
