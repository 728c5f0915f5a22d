// What scripts/world.mjs makes of the atlas.
declare module "virtual:world" {
  const world: {
    width: number;
    height: number;
    shapes: [code: string, path: string][];
    points: [code: string, x: number, y: number][];
  };
  export default world;
}
