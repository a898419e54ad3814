package classify

import (
	"testing"

	"triage/internal/ingest"
)

// Nobody who says it in plain words is missed, and figures of speech call nobody.
func TestPlainWordsOfACrisis(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"I want to kill myself", "i wanna kill my self", "I want to kill myself after what you did", "I will kill myself tonight",
		"I just want to die", "I am going to end my life", "I don't want to live anymore", "I dont want to be here anymore", "I'm suicidal",
		"I have been feeling really suicidal since the new pills", "I have been thinking about suicide", "My son says he wants to kill himself",
		"She is suicidal and nobody at your office picks up", "having constant suicidal thoughts", "thinking of ending my life. thanks for nothing",
		"Dr. Ruiz I WANT TO DIE", "I wish I was dead", "Honestly? I'm ready to end it all",
		"Quiero matarme", "me quiero morir", "voy a suicidarme", "no quiero vivir mas", "Ya no quiero vivir.", "Mi hija dice que quiere morir", "tengo ganas de quitarme la vida",
		"je veux mourir", "je vais me tuer", "J'ai envie d'en finir", "je n'ai plus envie de vivre", "Ma fille veut se suicider",
	} {
		var j Judgement
		c.Classify(ingest.Comment{Content: ingest.Content{Text: text}}, &j)
		if !j.Urgent || len(j.Reasons) == 0 {
			t.Errorf("%q is not urgent (%+v)", text, j)
		}
		for _, r := range j.Reasons {
			if r.Start < 0 || r.End > len(text) || r.Start >= r.End {
				t.Errorf("%q: the place %d to %d", text, r.Start, r.End)
			}
		}
	}
	for _, text := range []string{
		"I could kill myself for forgetting the appointment", "I do not want to die, so I went to Dr. Ruiz", "I wanted to die of embarrassment at the front desk",
		"I want to die of laughter, your posts are the best", "you don't want to live near this clinic", "I don't want to live in this town without Dr. Ruiz",
		"They saved my life, I take my life seriously now", "Nobody wants to die on a Monday", "quiero morirme de risa con sus fotos", "je veux mourir de rire",
		"Where do I take my life insurance form?", "He used to want to kill himself over parking here, now there is plenty",
	} {
		s := c.states.Get().(*state)
		c.lists.Read(&s.Reading, text, "", c.net)
		if from, to, ok := s.crisis(); ok {
			t.Errorf("%q is taken for a crisis: %q", text, text[s.Tokens[from].Start:s.Tokens[to].End])
		}
		c.states.Put(s)
	}
}
