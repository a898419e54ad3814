package queue

import (
	"time"

	"triage/internal/ingest"
	"triage/internal/respond/board"
	"triage/internal/review/say"
)

// reading says how reading the platforms goes: what is in trouble, in
// sentences, or that all is well.
func (p *Pages) reading(w *say.Words) (trouble []string, well string) {
	health := p.Health()
	for _, h := range health {
		source := p.source(h, w)
		if n := len(h.Withheld); n > 0 {
			trouble = append(trouble, w.Say("%d comments on %s are gone all at once. None was erased here: ask the privacy officer whether they were deleted.", n, source))
		}
		switch {
		case h.OK():
		case h.Since.IsZero():
			trouble = append(trouble, w.Say("%s has not answered yet since the start. Comments there are not being checked.", source)+tail(h.Why, w))
		default:
			trouble = append(trouble, w.Say("%s has not answered since %s. Comments there are not being checked.", source, w.Clock(h.Since, p.Now()))+tail(h.Why, w))
		}
	}
	if len(trouble) == 0 && len(health) > 0 {
		well = w.Say("all platforms answering ✓")
	}
	return trouble, well
}

func tail(why string, w *say.Words) string {
	if why == "" {
		return ""
	}
	return " " + say.Capital(w.Whole(say.Sentence(why, "")))
}

func (p *Pages) source(h ingest.Health, w *say.Words) string {
	if p.manyOn(h.Platform) {
		return w.Platform(h.Platform) + " (" + h.Account + ")"
	}
	return w.Platform(h.Platform)
}

// empty says that nothing is in the list, and how far that can be trusted.
func (p *Pages) empty(f filter, w *say.Words) string {
	switch {
	case f.narrow():
		return w.Say("Nothing fits what you chose. Choose less, or show everything.")
	case f.State != board.Needs:
		return w.Say("Nothing here.")
	}
	var oldest time.Time
	platforms := map[string]bool{}
	for _, h := range p.Health() {
		if h.OK() {
			platforms[h.Platform] = true
			if oldest.IsZero() || h.LastOK.Before(oldest) {
				oldest = h.LastOK
			}
		}
	}
	if len(platforms) == 0 {
		return w.Say("Nothing needs you. No platform is being checked yet.")
	}
	return w.Say("Nothing needs you. Last comment checked %s on %s.", w.Ago(p.Now().Sub(oldest)), w.Count(len(platforms), "%d platform"))
}
