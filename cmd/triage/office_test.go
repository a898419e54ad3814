package main

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Every setting of the service has its form on the page; sent as it is, the form
// changes nothing, and with something else it changes that.
func TestEverySettingHasItsForm(t *testing.T) {
	t.Parallel()
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0").value("sandbox")}
	d := newPractice(t, sb.url, "")
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	if _, all := desk.get("/settings"); strings.Contains(all, ">Others<") {
		t.Error("the page does not know all settings")
	}
	other := map[string]url.Values{
		"posting.mode": {"value": {"shadow"}}, "posting.undo": {"value": {"3"}, "unit": {"m"}}, "posting.daily_cap": {"value": {"77"}},
		"posting.thread_cap": {"value": {"0"}}, "posting.quiet": {"on": {"yes"}, "from": {"22:00"}, "to": {"06:30"}},
		"posting.read_back": {"value": {"2"}, "unit": {"m"}}, "posting.automatic": {"value": {"possible"}}, "retention.unflagged": {"value": {"5"}, "unit": {"d"}},
		"retention.decided": {"value": {"40"}, "unit": {"d"}}, "alerts.lanes": {"lane-clear": {"pages"}}, "classify.catch": {"how": {"more"}, "value": {"98"}},
		"classify.sample": {"value": {"0"}}, "classify.terms": {"words": {"CoolSculpting"}, "kind": {"procedure"}, "lang": {"en"}},
		"classify.staff": {"value": {"Dr. Ruiz\nMarta"}}, "classify.own": {"value": {"cedar.example"}}, "review.four_eyes": {"value": {"false"}},
	}
	cfg := defaults()
	for _, s := range cfg.live() {
		path := "/settings/" + s.Name
		_, page := desk.get(path)
		form := formOf(t, page)
		if _, said := desk.post(path, form); !strings.Contains(said, "It is so already") {
			t.Errorf("%s: its own value is another one", s.Name)
		}
		change, ok := other[s.Name]
		if !ok {
			t.Errorf("%s: nothing is tried", s.Name)
		}
		change.Set("version", form.Get("version"))
		_, sure := desk.post(path, change)
		if strings.Contains(sure, "It is so already") {
			continue // of this practice
		}
		for _, name := range []string{"seen", "sure"} {
			change.Set(name, formOf(t, sure).Get(name))
		}
		if _, done := desk.post(path, change); !strings.Contains(done, "Done.") {
			t.Errorf("%s: not changed", s.Name)
		}
	}
}

// formOf is what the first form of a page's own part would send.
func formOf(t *testing.T, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && within(n, "main") {
			gather(n, out)
			return out
		}
	}
	t.Fatal("no form on the page")
	return nil
}

func within(n *html.Node, name string) bool {
	for a := range n.Ancestors() {
		if a.Data == name {
			return true
		}
	}
	return false
}

// gather collects the fields of a form.
func gather(form *html.Node, out url.Values) {
	for n := range form.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		has := map[string]string{}
		for _, a := range n.Attr {
			has[a.Key] = a.Val
		}
		_, checked := has["checked"]
		switch kind := has["type"]; {
		case n.Data == "input" && (checked || kind != "radio" && kind != "checkbox"):
			out.Add(has["name"], has["value"])
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			out.Add(has["name"], text)
		case n.Data == "select":
			out.Add(has["name"], selectedIn(n))
		}
	}
}

// selectedIn is the option that a browser sends: the one that is selected, or the first.
func selectedIn(n *html.Node) string {
	value, found := "", false
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		is, selected := "", false
		for _, a := range o.Attr {
			if a.Key == "value" {
				is = a.Val
			}
			selected = selected || a.Key == "selected"
		}
		if selected || !found {
			value, found = is, true
		}
		if selected {
			return value
		}
	}
	return value
}
