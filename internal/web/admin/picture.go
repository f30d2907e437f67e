package admin

import (
	"fmt"
	"html/template"
	"image"
	"image/color"
	"strings"
)

// draw writes a picture in black and white as a drawing that stands in the page
// itself: nothing is fetched a second time, so what is shown once is sent once.
func draw(img image.Image) template.HTML {
	b := img.Bounds()
	var path strings.Builder
	for y := b.Min.Y; y < b.Max.Y; {
		next := y + 1
		for next < b.Max.Y && sameRow(img, y, next) {
			next++
		}
		for x := b.Min.X; x < b.Max.X; {
			end := x + 1
			for end < b.Max.X && dark(img.At(end, y)) == dark(img.At(x, y)) {
				end++
			}
			if dark(img.At(x, y)) {
				fmt.Fprintf(&path, "M%d %dh%dv%dh-%dz", x-b.Min.X, y-b.Min.Y, end-x, next-y, end-x)
			}
			x = end
		}
		y = next
	}
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true" focusable="false"><path d="%s"/></svg>`, b.Dx(), b.Dy(), path.String())) //nolint:gosec // numbers
}

func sameRow(img image.Image, y, other int) bool {
	for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
		if dark(img.At(x, y)) != dark(img.At(x, other)) {
			return false
		}
	}
	return true
}

func dark(c color.Color) bool {
	return color.Gray16Model.Convert(c).(color.Gray16).Y < 0x8000 //nolint:errcheck,forcetypeassert // it converts to nothing else
}
