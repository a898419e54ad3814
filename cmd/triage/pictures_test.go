package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// TestBrowserPictures takes pictures of every page of the demo, for people to look at:
// wide, dark and on a phone. make screenshots does, and keeps some of them in docs.
func TestBrowserPictures(t *testing.T) {
	dir := os.Getenv("TRIAGE_SCREENSHOTS")
	if dir == "" {
		t.Skip("TRIAGE_SCREENSHOTS names no directory: no pictures are taken")
	}
	tab := chromium.New(t)
	quiet(t, tab)
	busy(t, tab)
	squeeze(t, dir)
}

// thrice takes a picture of a page in all its looks.
func thrice(tab *chromium.Tab, name string) {
	tab.Helper()
	tab.Shoot(name)
	tab.Dark(true)
	tab.Shoot(name + "-dark")
	tab.Dark(false)
	tab.Size(390, 844)
	tab.Shoot(name + "-phone")
	tab.Size(1200, 800)
}

// quiet is a day on which nobody wrote anything that matters, and then a platform
// stops answering.
func quiet(t *testing.T, tab *chromium.Tab) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "comments.txt")
	if err := os.WriteFile(file, []byte("What a lovely garden you have in front.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--comments", file)
	page, sb := p.value("page"), box{t, p.value("sandbox")}
	tab.Open(page, "#password")
	thrice(tab, "sign-in")
	signInTo(tab, p)
	eventually(t, 20*time.Second, "all platforms to answer", func() bool { return bytes.Contains([]byte(htmlAt(tab, page)), []byte("✓")) })
	thrice(tab, "queue-empty")
	sb.call("POST", "faults", map[string]any{"platform": "facebook", "match": "GET /v", "times": 1000, "do": "status", "status": 500}, nil)
	eventually(t, 60*time.Second, "Facebook to be silent", func() bool { return bytes.Contains([]byte(htmlAt(tab, page)), []byte("has not answered since")) })
	thrice(tab, "queue-trouble")
	p.stop()
}

// busy is a day on which much is written, and one case from its alert to its reply.
func busy(t *testing.T, tab *chromium.Tab) {
	t.Helper()
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--pace", "1s", "--undo", "60s")
	page := p.value("page")
	tab.Open(page, "#password")
	signInTo(tab, p)
	eventually(t, 40*time.Second, "twelve cases", func() bool { return len(caseLink.FindAllString(htmlAt(tab, page), -1)) >= 12 })
	thrice(tab, "queue")
	tab.Open(page+"/?lane=urgent", "[data-item]")
	tab.Follow("[data-item]")
	tab.Wait("the case", "#decide")
	thrice(tab, "case-urgent")

	tab.Open(page+"/?lane=clear", "[data-item]")
	tab.Follow("[data-item]")
	tab.Wait("the case", "#decide")
	tab.Follow(`form[action$="/reveal"] button`)
	tab.Until("its words are there", `!!document.querySelector(".words mark")`)
	thrice(tab, "case")
	tab.Click(`[data-edit=reply]`)
	tab.Do("type something unsafe", chromedp.SendKeys(`[name=reply]`, "So sorry that your surgery went badly! "))
	tab.Until("the gate objects", `document.body.innerText.includes("Not safe to publish yet")`)
	thrice(tab, "case-unsafe")
	tab.Do("start anew", chromedp.Reload())
	tab.Wait("the case", "#decide")
	tab.Follow(`#decide button.main`)
	tab.Wait("what can be undone", `form[action$="/undo"]`)
	thrice(tab, "case-approved")
	office(tab, page)
	p.stop()
}

func office(tab *chromium.Tab, page string) {
	tab.Helper()
	for name, path := range map[string]string{"settings": "/settings", "setting": "/settings/posting.automatic", "people": "/people", "account": "/account", "on-call": "/on-call"} {
		tab.Open(page+path, "main")
		thrice(tab, name)
	}
	tab.Open(page+"/people", "#add")
	tab.Type("[name=name]", "priya")
	tab.Follow("#add button.main")
	tab.Wait("her link", "#link")
	thrice(tab, "link")
	tab.Open(page+"/people/priya", ".person")
	thrice(tab, "person")
}

// squeeze stores pictures with a palette: a page has few colours.
func squeeze(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no pictures in %s: %v", dir, err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, flat(img)); err != nil {
			t.Fatal(err)
		}
		if out.Len() >= len(raw) {
			continue
		}
		if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// flat is a picture in its 256 most frequent colours, each pixel in the nearest one.
func flat(img image.Image) *image.Paletted {
	box, count := img.Bounds(), map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	often := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range often[:min(256, len(often))] {
		palette = append(palette, c)
	}
	index, out := map[color.RGBA]uint8{}, image.NewPaletted(box, palette)
	for c := range count {
		index[c] = uint8(palette.Index(c)) //nolint:gosec // of 256
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			out.SetColorIndex(x, y, index[at(x, y)])
		}
	}
	return out
}
