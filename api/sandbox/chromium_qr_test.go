package sandbox_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kvikk/api/sandbox"
)

func showCodeInAShop(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	code := func(reference, format string) string {
		return m.create(reference, "userFlow", `"QR"`, "returnUrl", "", "qrFormat", format).text(t, "redirectUrl")
	}
	x.open(shop(t, `<img src="`+code("shown-svg-1", "")+`"><img src="`+code("shown-png-1", `{"format":"IMAGE/PNG","size":300}`)+`">`))
	type size struct{ Width, Height int }
	sizes := evaluate[[]size](x, `[...document.images].map(i => ({Width: i.naturalWidth, Height: i.naturalHeight}))`)
	if len(sizes) != 2 || sizes[0].Width == 0 || sizes[0].Width != sizes[0].Height || sizes[1] != (size{300, 300}) {
		t.Errorf("the pictures are %+v", sizes)
	}
}

func openCodeByItself(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	redirect := m.create("opened-001", "userFlow", `"QR"`, "returnUrl", "").text(t, "redirectUrl")
	landing := strings.Replace(redirect, "/qr?", "/landing?", 1)
	x.do(chromedp.EmulateViewport(600, 600))
	x.open(redirect)
	shot, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	sameModules(t, img, landing)
	x.leads(chromedp.MouseClickXY(300, 300))
	x.at(landing)
	x.click("Approve")
	x.at(landing) // there is nowhere to go back to
	x.reads("The payment is approved.")
}
