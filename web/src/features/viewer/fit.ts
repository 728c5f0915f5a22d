// How large a photo is on a stage, and how near one may come.
import type { Photo } from "../../api";
import { extent } from "../../lib/renditions";
import type { Box, Size } from "./gesture";

type Measured = Pick<Photo, "width" | "height" | "urls">;

// All of it is seen, and it is not larger than it is.
export function fitOf(photo: Measured, stage: Size): Size {
  const scale = Math.min(1, stage.width / photo.width, stage.height / photo.height);
  return { width: photo.width * scale, height: photo.height * scale };
}

const noticeable = 1.25;
const twice = 2;

// `pixels`: of the screen, in one of CSS.
export function boxOf(photo: Measured, stage: Size, pixels: number): Omit<Box, "left" | "right"> {
  const fit = fitOf(photo, stage);
  const largest = Math.max(0, ...Object.keys(photo.urls).map((name) => parseInt(name, 10)));
  const natural = extent(photo.width, photo.height, largest).width / pixels;
  const one = fit.width > 0 ? natural / fit.width : 1;
  return { stage, fit, near: one >= noticeable ? one : twice, most: Math.max(one, twice) };
}
