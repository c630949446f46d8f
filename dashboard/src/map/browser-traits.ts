const says = (word: string): boolean => navigator.userAgent.toLowerCase().includes(word);
const chrome = says('chrome');

/**
 * What Leaflet must find out of the browser it runs in; the build puts it in the place of its own
 * `core/Browser`, whose other flags are the same in every browser of today.
 */
export default {
  chrome,
  linux: navigator.platform.startsWith('Linux'),
  mac: navigator.platform.startsWith('Mac'),
  mobile: 'orientation' in window || says('mobile'),
  retina: devicePixelRatio > 1,
  safari: !chrome && says('safari'),
  touchNative: 'ontouchstart' in window || 'TouchEvent' in window,
};
